package io.carousel.agent.tls;

import io.carousel.events.ParticipantName;
import io.carousel.events.Serial;

/**
 * What a server says back, as one line of JSON.
 *
 * @param asked the client's line
 * @param server the server's own name
 * @param client the authenticated name of the client
 * @param generation of the CA key that signed the client's certificate, as the server judged it; 0
 *     if it trusts a root, and that CA is in no bundle of its own
 * @param issuer serial number of that CA's certificate
 * @param serial of the client's certificate
 */
record Answer(
    String asked,
    ParticipantName server,
    ParticipantName client,
    int generation,
    Serial issuer,
    Serial serial) {}
