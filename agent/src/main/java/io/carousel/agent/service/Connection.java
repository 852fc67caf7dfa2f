package io.carousel.agent.service;

/**
 * A TCP connection that somebody has made to this machine, as {@code /proc/net/tcp} tells
 * (proc(5)).
 *
 * @param local address and port, in hex
 * @param remote the other side's
 * @param inode of its socket: another connection of the same addresses has another one
 */
public record Connection(String local, String remote, String inode) {}
