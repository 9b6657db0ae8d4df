/**
 * What a run found out, and how it is shown: {@link io.prism.bench.report.Outcome}s of scenarios
 * with their rows, as a table, as JSON, and as the sections of a Markdown file.
 */
@NullMarked
package io.prism.bench.report;

import org.jspecify.annotations.NullMarked;
