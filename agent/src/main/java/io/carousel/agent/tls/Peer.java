package io.carousel.agent.tls;

import io.carousel.agent.Trust;
import io.carousel.events.ParticipantName;
import io.carousel.events.Serial;
import java.security.cert.X509Certificate;

/**
 * The other side of a connection, authenticated.
 *
 * @param name the common name of its certificate
 * @param serial of its certificate
 * @param issuer whose key signed that; of generation 0 if it is accepted for a root alone
 */
record Peer(
    ParticipantName name, Serial serial, Trust.Anchor issuer, X509Certificate certificate) {}
