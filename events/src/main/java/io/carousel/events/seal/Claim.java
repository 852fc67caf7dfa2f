package io.carousel.events.seal;

import io.carousel.events.Bytes;

/**
 * What a record's signature header claims: that its author signed this statement. Worked out
 * without knowing who is enrolled, so that several threads can do it.
 *
 * @param statement that was signed, over the root that the record's hash leads to
 */
record Claim(Bytes statement, Bytes signature) {
  /**
   * The claim of a record.
   *
   * @param hash of the record
   * @throws ForgedRecord if there is none, or it is of no form that is signed
   */
  static Claim of(Message message, byte[] hash, Sha256 sha) {
    var signature = BatchSignature.parse(message.need(Message.SIGNATURE));
    byte[] root =
        MerkleTree.rootOf(sha, hash, signature.index(), signature.size(), signature.path());
    byte[] statement =
        BatchSignature.statement(message.need(Message.SOURCE), signature.size(), root);
    return new Claim(Bytes.of(statement), Bytes.of(signature.signature()));
  }
}
