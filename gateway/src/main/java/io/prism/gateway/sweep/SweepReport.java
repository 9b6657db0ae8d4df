package io.prism.gateway.sweep;

/**
 * What a sweep found and did.
 *
 * @param looked objects older than the grace period
 * @param orphans those of them that no record refers to
 * @param orphanBytes their size at rest
 * @param deleted orphans deleted; 0 in a dry run
 * @param uploadsAborted unfinished uploads aborted; 0 in a dry run
 * @param recordsRead records of the namespace's topics that were looked at
 */
public record SweepReport(
        long looked,
        long orphans,
        long orphanBytes,
        long deleted,
        long uploadsAborted,
        long recordsRead) {}
