package io.carousel.events;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import javax.security.auth.x500.X500Principal;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x500.style.RFC4519Style;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What CA certificates are called. */
@Timeout(10)
class CaSubjectTest {
  private static final AuthorityName USER = new AuthorityName("user");
  private static final SlotName A = new SlotName("hsm-a");

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "CN=Example CA,O=Example,C=DE|CN=Example CA G2 hsm-a,O=Example,C=DE",
        "O=Example|CN=user G2 hsm-a,O=Example",
        "C=DE,O=Example GmbH,CN=Root|C=DE,O=Example GmbH,CN=Root G2 hsm-a",
        "ou=Ops,ou=Keys,o=Exámple|CN=user G2 hsm-a,OU=Ops,OU=Keys,O=Exámple",
        "DC=corp,DC=example|CN=user G2 hsm-a,DC=corp,DC=example",
        "O=\"Acme, Inc.\"|CN=user G2 hsm-a,O=Acme\\, Inc.",
        "O=a \\+ b \\= c \\\\ \\<d\\>|CN=user G2 hsm-a,O=a \\+ b \\= c \\\\ \\<d\\>"
      })
  void generationAndSlotAreAddedToTheCommonName(String given, String made) {
    String subject = new CaSubject(given).of(USER, 2, A);
    assertThat(subject).isEqualTo(made);
    // The two readers that a worker compares read the same.
    assertThat(new X500Principal(subject))
        .isEqualTo(new X500Principal(encoded(new X500Name(RFC4519Style.INSTANCE, subject))));
  }

  private static byte[] encoded(X500Name name) {
    try {
      return name.getEncoded();
    } catch (java.io.IOException e) {
      throw new AssertionError(e);
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "''|empty",
        "Example|cannot be read",
        "CN=|no text",
        "CN=a+O=b|'+'",
        "CN=a,CN=b|more than one CN",
        "EMAIL=a@b.example|no attribute that every reader knows",
        "1.2.3=abc|no attribute that every reader knows",
        "C=DEU|at most 2",
        "C=de|capital letters",
        "DC=a_b|letters, digits",
        "O=#0c0161|no text"
      })
  void whatReadersDoNotTakeIsRefusedWithTheReason(String given, String why) {
    assertThatThrownBy(() -> new CaSubject(given))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("is no subject of CA certificates")
        .hasMessageContaining(why);
  }

  @Test
  void commonNamesHave64CharactersAtMost() {
    CaSubject fits = new CaSubject("CN=" + "a".repeat(64 - " G2 hsm-a".length()));
    assertThat(fits.of(USER, 2, A)).hasSize("CN=".length() + 64);
    assertThatThrownBy(() -> fits.of(USER, 10, A)).hasMessageContaining("would have 65 characters");
    assertThatThrownBy(() -> new CaSubject("O=" + "o".repeat(65)))
        .hasMessageContaining("at most 64");
    assertThatThrownBy(() -> new CaSubject("CN=a\u0007b")).hasMessageContaining("control");
  }
}
