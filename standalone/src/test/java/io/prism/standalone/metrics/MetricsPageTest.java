package io.prism.standalone.metrics;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaMethodCall;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.MeterBinder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class MetricsPageTest {
    private static final Path PAGE = Path.of("../docs/metrics.md");

    @Test
    void thePageInDocsIsWhatTheMetricsAre() throws IOException {
        if (Boolean.getBoolean("prism.docs.write")) {
            Files.writeString(PAGE, MetricsPage.markdown());
        }
        assertThat(PAGE)
                .as("made again with -Dprism.docs.write=true")
                .hasContent(MetricsPage.markdown());
    }

    /** So nothing is measured that the page does not have. */
    @Test
    void metricsAreRegisteredOnlyByTheEnumsThePageIsMadeOf() {
        noClasses()
                .that()
                .resideOutsideOfPackages("io.prism.gateway.metrics", "io.prism.streams.metrics")
                .should()
                .callMethodWhere(registersAMeter())
                .check(
                        new ClassFileImporter()
                                .withImportOption(new ImportOption.DoNotIncludeTests())
                                .withImportOption(location -> !location.contains("-tests.jar"))
                                .importPackages("io.prism"));
    }

    /** A meter's builder, a registry's shortcut, or a library's own set of meters. */
    private static DescribedPredicate<JavaMethodCall> registersAMeter() {
        return DescribedPredicate.describe(
                "register a meter",
                call -> {
                    var owner = call.getTarget().getOwner();
                    String method = call.getTarget().getName();
                    return owner.getPackageName().equals("io.micrometer.core.instrument")
                                    && method.equals("builder")
                            || owner.isAssignableTo(MeterRegistry.class)
                                    && java.util.Set.of(
                                                    "counter",
                                                    "gauge",
                                                    "gaugeCollectionSize",
                                                    "gaugeMapSize",
                                                    "more",
                                                    "summary",
                                                    "timer")
                                            .contains(method)
                            || owner.isAssignableTo(MeterBinder.class) && method.equals("bindTo");
                });
    }
}
