package io.prism.gateway.pattern;

/**
 * A pattern that makes messages durable itself and has them put into the log later: it passes them
 * on with an end of its own ({@link Outgoing#withEnd}). The log need not be reachable on publish,
 * and the pattern is what knows the ids it has taken.
 */
public interface MessageKeeper {}
