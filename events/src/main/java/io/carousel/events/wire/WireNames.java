package io.carousel.events.wire;

import static java.util.Map.entry;

import io.carousel.events.Act;
import io.carousel.events.AuthorityEvent;
import io.carousel.events.EnrolmentEvent;
import io.carousel.events.FleetEvent;
import io.carousel.events.GateLeaves;
import io.carousel.events.HouseEvent;
import io.carousel.events.LeafResult;
import io.carousel.events.OperatorAct;
import io.carousel.events.Reply;
import io.carousel.events.Report;
import io.carousel.events.SigningCommand;
import io.carousel.events.WorkerAct;
import java.util.Map;

/** The wire name of every type: chosen here, not derived from class names, which may change. */
final class WireNames {
  private WireNames() {}

  static final Map<Class<?>, WireName> TABLE =
      Map.ofEntries(
          entry(HouseEvent.Founded.class, v1("founded")),
          entry(HouseEvent.TermStarted.class, v1("term-started")),
          entry(HouseEvent.AuthorEnrolled.class, v1("author-enrolled")),
          entry(HouseEvent.AuthorRemoved.class, v1("author-removed")),
          entry(HouseEvent.FeatureLevelRaised.class, v1("feature-level-raised")),
          entry(HouseEvent.SlotRegistered.class, v1("slot-registered")),
          entry(HouseEvent.SlotInspectionRequested.class, v1("slot-inspection-requested")),
          entry(HouseEvent.SlotInspected.class, v1("slot-inspected")),
          entry(HouseEvent.SlotInspectionFailed.class, v1("slot-inspection-failed")),
          entry(HouseEvent.SlotFrozen.class, v1("slot-frozen")),
          entry(HouseEvent.SlotThawed.class, v1("slot-thawed")),
          entry(HouseEvent.SlotSilent.class, v1("slot-silent")),
          entry(HouseEvent.SlotHeard.class, v1("slot-heard")),
          entry(HouseEvent.SlotLost.class, v1("slot-lost")),
          entry(HouseEvent.SlotFound.class, v1("slot-found")),
          entry(HouseEvent.SlotRemoved.class, v1("slot-removed")),
          entry(HouseEvent.CommandsRefused.class, v1("commands-refused")),
          entry(HouseEvent.ActRefused.class, v1("act-refused")),
          entry(HouseEvent.AnswerRepeated.class, v1("answer-repeated")),
          entry(HouseEvent.RecordsRejected.class, v1("records-rejected")),
          entry(HouseEvent.DueWorkFailed.class, v1("due-work-failed")),
          entry(HouseEvent.DueWorkResumed.class, v1("due-work-resumed")),
          entry(AuthorityEvent.AuthorityCreated.class, v1("authority-created")),
          entry(AuthorityEvent.KeyRequested.class, v1("key-requested")),
          entry(AuthorityEvent.KeyAdoptionRequested.class, v1("key-adoption-requested")),
          entry(AuthorityEvent.KeyShown.class, v1("key-shown")),
          entry(AuthorityEvent.KeyAdopted.class, v1("key-adopted")),
          entry(AuthorityEvent.SurplusKeyFound.class, v1("surplus-key-found")),
          entry(AuthorityEvent.KeyCommandFailed.class, v1("key-command-failed")),
          entry(AuthorityEvent.CaCertificateRequested.class, v1("ca-certificate-requested")),
          entry(AuthorityEvent.CaCertificateIssued.class, v1("ca-certificate-issued")),
          entry(AuthorityEvent.CaRequestWanted.class, v1("ca-request-wanted")),
          entry(AuthorityEvent.CaRequestIssued.class, v1("ca-request-issued")),
          entry(AuthorityEvent.CaCertificateImported.class, v1("ca-certificate-imported")),
          entry(AuthorityEvent.RootCrlImported.class, v1("root-crl-imported")),
          entry(AuthorityEvent.CaCertificateAdopted.class, v1("ca-certificate-adopted")),
          entry(AuthorityEvent.CrlRequested.class, v1("crl-requested")),
          entry(AuthorityEvent.CrlIssued.class, v1("crl-issued")),
          entry(AuthorityEvent.BundleSignatureRequested.class, v1("bundle-signature-requested")),
          entry(AuthorityEvent.BundleSigned.class, v1("bundle-signed")),
          entry(AuthorityEvent.CredentialsRevoked.class, v1("credentials-revoked")),
          entry(AuthorityEvent.KeyStageReached.class, v1("key-stage-reached")),
          entry(AuthorityEvent.AuthorityOpened.class, v1("authority-opened")),
          entry(AuthorityEvent.RotationStarted.class, v1("rotation-started")),
          entry(AuthorityEvent.TrustExtended.class, v1("trust-extended")),
          entry(AuthorityEvent.ClientsUpdating.class, v1("clients-updating")),
          entry(AuthorityEvent.ServersUpdating.class, v1("servers-updating")),
          entry(AuthorityEvent.RotationCompleted.class, v1("rotation-completed")),
          entry(AuthorityEvent.RollbackStarted.class, v1("rollback-started")),
          entry(AuthorityEvent.RolledBack.class, v1("rolled-back")),
          entry(AuthorityEvent.GenerationRetrusted.class, v1("generation-retrusted")),
          entry(AuthorityEvent.GenerationDistrusted.class, v1("generation-distrusted")),
          entry(AuthorityEvent.SlotJoining.class, v1("slot-joining")),
          entry(AuthorityEvent.SlotTrusted.class, v1("slot-trusted")),
          entry(AuthorityEvent.SlotJoined.class, v1("slot-joined")),
          entry(AuthorityEvent.SlotJoinCancelled.class, v1("slot-join-cancelled")),
          entry(AuthorityEvent.SlotLeaving.class, v1("slot-leaving")),
          entry(AuthorityEvent.SlotLeft.class, v1("slot-left")),
          entry(AuthorityEvent.SlotLeaveCancelled.class, v1("slot-leave-cancelled")),
          entry(AuthorityEvent.KeyDestructionRequested.class, v1("key-destruction-requested")),
          entry(AuthorityEvent.KeyDestroyed.class, v1("key-destroyed")),
          entry(FleetEvent.ParticipantEnrolled.class, v1("participant-enrolled")),
          entry(FleetEvent.ParticipantRemoved.class, v1("participant-removed")),
          entry(FleetEvent.ParticipantReadmitted.class, v1("participant-readmitted")),
          entry(FleetEvent.ParticipantEnrolledByToken.class, v1("participant-enrolled-by-token")),
          entry(EnrolmentEvent.EnrolmentTokenCreated.class, v1("enrolment-token-created")),
          entry(EnrolmentEvent.EnrolmentTokenRevoked.class, v1("enrolment-token-revoked")),
          entry(EnrolmentEvent.EnrolmentTokenMisused.class, v1("enrolment-token-misused")),
          entry(OperatorAct.RegisterSlot.class, v1("register-slot")),
          entry(OperatorAct.InspectSlot.class, v1("inspect-slot")),
          entry(OperatorAct.ThawSlot.class, v1("thaw-slot")),
          entry(OperatorAct.JoinSlot.class, v1("join-slot")),
          entry(OperatorAct.LeaveSlot.class, v1("leave-slot")),
          entry(OperatorAct.DeclareSlotLost.class, v1("declare-slot-lost")),
          entry(OperatorAct.RemoveSlot.class, v1("remove-slot")),
          entry(OperatorAct.EnrolAuthor.class, v1("enrol-author")),
          entry(OperatorAct.RemoveAuthor.class, v1("remove-author")),
          entry(OperatorAct.RaiseFeatureLevel.class, v1("raise-feature-level")),
          entry(OperatorAct.CreateAuthority.class, v1("create-authority")),
          entry(OperatorAct.StartRotation.class, v1("start-rotation")),
          entry(OperatorAct.Advance.class, v1("advance")),
          entry(OperatorAct.RollBack.class, v1("roll-back")),
          entry(OperatorAct.Retrust.class, v1("retrust")),
          entry(OperatorAct.Distrust.class, v1("distrust")),
          entry(OperatorAct.EnrolParticipant.class, v1("enrol-participant")),
          entry(OperatorAct.RemoveParticipant.class, v1("remove-participant")),
          entry(OperatorAct.ReadmitParticipant.class, v1("readmit-participant")),
          entry(OperatorAct.CreateEnrolmentToken.class, v1("create-enrolment-token")),
          entry(OperatorAct.RevokeEnrolmentToken.class, v1("revoke-enrolment-token")),
          entry(OperatorAct.RevokeCredentials.class, v1("revoke-credentials")),
          entry(OperatorAct.ImportCaCertificate.class, v1("import-ca-certificate")),
          entry(OperatorAct.ImportRootCrl.class, v1("import-root-crl")),
          entry(WorkerAct.KeyGenerated.class, v1("key-generated")),
          entry(WorkerAct.KeyFound.class, v1("key-found")),
          entry(WorkerAct.CaCertificateSigned.class, v1("ca-certificate-signed")),
          entry(WorkerAct.CaRequestSigned.class, v1("ca-request-signed")),
          entry(WorkerAct.CrlSigned.class, v1("crl-signed")),
          entry(WorkerAct.BundleSignatureMade.class, v1("bundle-signature-made")),
          entry(WorkerAct.KeyGone.class, v1("key-gone")),
          entry(WorkerAct.TokenInspected.class, v1("token-inspected")),
          entry(WorkerAct.KeyCommandRefused.class, v1("key-command-refused")),
          entry(Act.TimePassed.class, v1("time-passed")),
          entry(Act.CommandUndeliverable.class, v1("command-undeliverable")),
          entry(Act.SlotObserved.class, v1("slot-observed")),
          entry(Act.EnrolByToken.class, v1("enrol-by-token")),
          entry(Act.RefusalsSeen.class, v1("refusals-seen")),
          entry(SigningCommand.GenerateKey.class, v1("generate-key")),
          entry(SigningCommand.AdoptKey.class, v1("adopt-key")),
          entry(SigningCommand.SignCaCertificate.class, v1("sign-ca-certificate")),
          entry(SigningCommand.SignCaRequest.class, v1("sign-ca-request")),
          entry(SigningCommand.SignCrl.class, v1("sign-crl")),
          entry(SigningCommand.SignBundle.class, v1("sign-bundle")),
          entry(SigningCommand.InspectToken.class, v1("inspect-token")),
          entry(SigningCommand.DestroyKey.class, v1("destroy-key")),
          entry(SigningCommand.SignLeaf.class, v1("sign-leaf")),
          entry(SigningCommand.SignSshCertificate.class, v1("sign-ssh-certificate")),
          entry(SigningCommand.SignToken.class, v1("sign-token")),
          entry(LeafResult.LeafSigned.class, v1("leaf-signed")),
          entry(LeafResult.LeafRefused.class, v1("leaf-refused")),
          entry(Reply.Accepted.class, v1("accepted")),
          entry(Reply.Refused.class, v1("refused")),
          entry(GateLeaves.class, v1("gate-leaves")),
          entry(Report.class, v1("report")));

  private static WireName v1(String name) {
    return new WireName("carousel." + name + ".v1", 1);
  }
}
