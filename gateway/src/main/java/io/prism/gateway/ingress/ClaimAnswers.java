package io.prism.gateway.ingress;

import io.prism.core.error.ErrorCode;
import io.prism.core.error.PrismException;
import io.prism.gateway.namespace.ServedNamespace;
import io.prism.gateway.sweep.ClaimTotals;
import io.prism.gateway.sweep.SweepReport;
import io.prism.gateway.sweep.SweepSettings;
import io.prism.v1.ClaimStatsResponse;
import io.prism.v1.SweepClaimsRequest;
import io.prism.v1.SweepClaimsResponse;
import java.time.Duration;

/** What AdminService answers about a namespace's claims; blocks. */
final class ClaimAnswers {
    private static final Duration LONGEST = Duration.ofDays(3_650);

    private ClaimAnswers() {}

    static SweepClaimsResponse swept(ServedNamespace namespace, SweepClaimsRequest request) {
        SweepReport report = namespace.claimKeeper().sweep(grace(request), request.getDryRun());
        return SweepClaimsResponse.newBuilder()
                .setLooked(report.looked())
                .setOrphans(report.orphans())
                .setOrphanBytes(report.orphanBytes())
                .setDeleted(report.deleted())
                .setUploadsAborted(report.uploadsAborted())
                .setRecordsRead(report.recordsRead())
                .build();
    }

    private static Duration grace(SweepClaimsRequest request) {
        if (!request.hasGrace()) {
            return SweepSettings.GRACE;
        }
        var grace = request.getGrace();
        if (grace.getSeconds() < 0
                || grace.getSeconds() > LONGEST.toSeconds()
                || grace.getNanos() < 0) {
            throw PrismException.ofField(
                    ErrorCode.FIELD_INVALID,
                    "grace",
                    "grace is not a duration from 0 to "
                            + LONGEST.toDays()
                            + " days; leave it out for "
                            + SweepSettings.GRACE.toHours()
                            + " h");
        }
        return Duration.ofSeconds(grace.getSeconds(), grace.getNanos());
    }

    static ClaimStatsResponse stats(ServedNamespace namespace) {
        ClaimTotals totals = namespace.claimKeeper().claims();
        ClaimStatsResponse.Builder response =
                ClaimStatsResponse.newBuilder()
                        .setObjects(totals.objects())
                        .setBytes(totals.bytes());
        totals.oldest().ifPresent(oldest -> response.setOldest(Responses.timestamp(oldest)));
        return response.build();
    }
}
