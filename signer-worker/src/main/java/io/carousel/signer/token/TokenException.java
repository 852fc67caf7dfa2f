package io.carousel.signer.token;

/**
 * Why a token did not do what it was asked. The type says what the caller must do:
 *
 * <ul>
 *   <li>{@link TokenUnavailable}: stop polling, say so, come back later
 *   <li>{@link TokenUnusable}: stop; an operator must act first
 *   <li>{@link TokenRefused}: record the refusal; asking again gets the same answer
 * </ul>
 *
 * Whatever a new session, a new login or a new initialisation of the module mends has been tried
 * inside before any of these is thrown. Messages say what, why, and what to do next, and never hold
 * a PIN.
 */
public abstract sealed class TokenException extends Exception
    permits TokenUnavailable, TokenUnusable, TokenRefused {
  TokenException(String message, Throwable cause) {
    super(message, cause);
  }
}
