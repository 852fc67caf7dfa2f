package io.carousel.orchestrator.rules;

import io.carousel.events.Bytes;
import io.carousel.events.ExternalRoot;
import io.carousel.events.OperatorAct.ImportCaCertificate;
import io.carousel.events.OperatorAct.ImportRootCrl;
import io.carousel.events.Role;
import io.carousel.events.RootUse;
import io.carousel.events.Serial;
import io.carousel.events.SlotName;
import java.util.List;

/** The scene below an external root. */
final class ExternalScene {
  final Scene scene;
  final RootCa root;
  private long crls;

  private ExternalScene(RootUse use) {
    root = new RootCa("Elsewhere Root");
    scene = Scene.below(new ExternalRoot(root.root(), use));
  }

  /** The first keys wait for their certificates. */
  static ExternalScene creating(RootUse use) {
    var s = new ExternalScene(use);
    s.scene.story.settle();
    return s;
  }

  /** Generation 1 is in use, and the fleet lives by it. */
  static ExternalScene standby(RootUse use) {
    ExternalScene s = creating(use);
    s.certified();
    s.scene.fleet.enrol("client", Role.PRESENTS_CLIENT, Role.VERIFIES);
    s.scene.fleet.enrol("server", Role.PRESENTS_SERVER, Role.VERIFIES);
    s.scene.fleet.enrol("peer", Role.PRESENTS_CLIENT, Role.PRESENTS_SERVER, Role.VERIFIES);
    s.scene.fleet.keepsUp();
    return s;
  }

  Story story() {
    return scene.story;
  }

  Authority user() {
    return scene.user();
  }

  /** The keys that wait for their certificates. */
  List<Key.AwaitingCertificate> awaiting() {
    return ExternalRules.awaiting(user()).toList();
  }

  Bytes request(SlotName slot) {
    return awaiting().stream()
        .filter(k -> k.slot().equals(slot))
        .findFirst()
        .orElseThrow()
        .request();
  }

  /** What the root makes of the request of that slot, if nobody bends it. */
  RootCa.Below certificate(SlotName slot) {
    return root.below(request(slot))
        .between(story().now().minusSeconds(60), story().now().plus(Scene.POLICY.caLifetime()));
  }

  ImportCaCertificate brings(Bytes certificate) {
    return new ImportCaCertificate(Scene.USER, certificate, "p-1");
  }

  ImportRootCrl lists(Bytes crl) {
    return new ImportRootCrl(Scene.USER, crl, "p-1");
  }

  /** The root has signed everything, and CRLs follow. */
  ExternalScene certified() {
    for (Key.AwaitingCertificate key : awaiting()) {
      story().accept(brings(certificate(key.slot()).sign()));
    }
    story().settle();
    return this;
  }

  /** A rotation began; its keys wait for their certificates. */
  ExternalScene started() {
    scene.started();
    story().settle();
    return this;
  }

  ExternalScene trusted() {
    return started().certified();
  }

  ExternalScene updatingClients() {
    trusted();
    scene.passed();
    return this;
  }

  ExternalScene updatingServers() {
    updatingClients();
    scene.passed();
    return this;
  }

  ExternalScene completed() {
    updatingServers();
    scene.passed();
    return this;
  }

  ExternalScene turned() {
    scene.turned();
    return this;
  }

  /** The serial numbers of that generation's certificates. */
  Serial[] serials(int generation) {
    return user().external().orElseThrow().imported().stream()
        .filter(i -> i.generation() == generation)
        .map(External.Imported::serial)
        .toArray(Serial[]::new);
  }

  /** The root's next CRL, which revokes those. */
  Bytes crl(Serial... revoked) {
    return root.crl(++crls, story().now(), revoked);
  }
}
