package io.prism.standalone.config;

/**
 * One thing that is wrong with a configuration.
 *
 * @param where the option as it was given: a key and its file, or a variable
 * @param message what is wrong and what would be right; never a value, which may be a secret
 */
public record Problem(String where, String message) {}
