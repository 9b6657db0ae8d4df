/**
 * Namespace documents as people see them. In: YAML text, or what a server says about it. Out:
 * violations with the line they point at, and plans as a tree.
 *
 * <p>{@code LocalDocuments} (or a server) → {@code DocumentReport} → {@code ReportText}, {@code
 * PlanTree}, {@code ReportJson}. The messages of the gRPC contract are the one model between, so
 * that an answer looks the same wherever it came from.
 */
@NullMarked
package io.prism.standalone.cli.client.document;

import org.jspecify.annotations.NullMarked;
