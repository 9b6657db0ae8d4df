/**
 * How a single role is configured. In: a YAML or properties file and {@code PRISM_*} variables.
 * Out: the role's own configuration record, or every problem at once, each with its remedy. The
 * options are one table per role, from which {@code docs/configuration.md} is made.
 */
@NullMarked
package io.prism.standalone.config;

import org.jspecify.annotations.NullMarked;
