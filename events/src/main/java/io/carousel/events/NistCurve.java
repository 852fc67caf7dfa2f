package io.carousel.events;

import java.math.BigInteger;
import java.security.AlgorithmParameters;
import java.security.GeneralSecurityException;
import java.security.spec.ECFieldFp;
import java.security.spec.ECGenParameterSpec;
import java.security.spec.ECParameterSpec;

/** The elliptic curves over prime fields that a suite may use (SP 800-186, section 3.2.1). */
public enum NistCurve {
  /** P-256, which X.509 calls prime256v1 and SSH nistp256. */
  P256("secp256r1", Suite.ECDSA_P256),
  /** P-384, which X.509 calls secp384r1 and SSH nistp384. */
  P384("secp384r1", Suite.ECDSA_P384);

  private final Suite suite;
  private final ECParameterSpec parameters;

  NistCurve(String jcaName, Suite suite) {
    this.suite = suite;
    try {
      var named = AlgorithmParameters.getInstance("EC");
      named.init(new ECGenParameterSpec(jcaName));
      this.parameters = named.getParameterSpec(ECParameterSpec.class);
    } catch (GeneralSecurityException e) {
      throw new AssertionError("every JDK knows " + jcaName, e);
    }
  }

  /** The suite whose keys are points of this curve. */
  public Suite suite() {
    return suite;
  }

  /** Length of a coordinate, and of each number of a signature; in octets. */
  public int octets() {
    return suite.bits() / 8;
  }

  /** The order of the base point: both numbers of a signature are less. */
  public BigInteger order() {
    return parameters.getOrder();
  }

  /**
   * Whether that is a point of the curve; the curves are of prime order, so that each but infinity,
   * which has no coordinates, is a public key (SP 800-56A, section 5.6.2.3.3).
   */
  public boolean holds(BigInteger x, BigInteger y) {
    var curve = parameters.getCurve();
    BigInteger p = ((ECFieldFp) curve.getField()).getP();
    if (x.signum() < 0 || y.signum() < 0 || x.compareTo(p) >= 0 || y.compareTo(p) >= 0) {
      return false;
    }
    BigInteger right = x.multiply(x).add(curve.getA()).multiply(x).add(curve.getB()).mod(p);
    return y.multiply(y).mod(p).equals(right);
  }
}
