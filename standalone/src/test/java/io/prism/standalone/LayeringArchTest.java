package io.prism.standalone;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** The modules' layers, and no cycles among the packages inside one. */
class LayeringArchTest {
    private static final Map<String, List<String>> MAY_USE =
            Map.of(
                    "v1", List.of(),
                    "core", List.of("v1"),
                    "gateway", List.of("v1", "core"),
                    "topologies", List.of("v1", "core"),
                    "connectors", List.of("v1", "core"),
                    "streams", List.of("v1", "core", "topologies", "connectors"),
                    "bench", List.of("v1", "core"),
                    "standalone",
                            List.of(
                                    "v1",
                                    "core",
                                    "gateway",
                                    "topologies",
                                    "connectors",
                                    "streams",
                                    "bench"));

    private static final JavaClasses CLASSES =
            new ClassFileImporter()
                    .withImportOption(new ImportOption.DoNotIncludeTests())
                    .withImportOption(location -> !location.contains("-tests.jar"))
                    .importPackages("io.prism");

    @TestFactory
    List<DynamicTest> aModuleUsesOnlyWhatIsBelowIt() {
        var tests = new ArrayList<DynamicTest>();
        MAY_USE.forEach(
                (module, allowed) ->
                        tests.add(
                                DynamicTest.dynamicTest(
                                        module,
                                        () ->
                                                noClasses()
                                                        .that(in(module))
                                                        .should()
                                                        .dependOnClassesThat(
                                                                inPrismButNotIn(module, allowed))
                                                        .allowEmptyShould(true)
                                                        .check(CLASSES))));
        return tests;
    }

    @TestFactory
    List<DynamicTest> thePackagesOfAModuleHaveNoCycles() {
        return MAY_USE.keySet().stream()
                .filter(module -> !module.equals("v1"))
                .map(
                        module ->
                                DynamicTest.dynamicTest(
                                        module,
                                        () ->
                                                slices().matching("io.prism." + module + ".(**)")
                                                        .should()
                                                        .beFreeOfCycles()
                                                        .allowEmptyShould(true)
                                                        .check(CLASSES)))
                .toList();
    }

    private static DescribedPredicate<JavaClass> in(String module) {
        return JavaClass.Predicates.resideInAPackage("io.prism." + module + "..");
    }

    private static DescribedPredicate<JavaClass> inPrismButNotIn(
            String module, List<String> allowed) {
        DescribedPredicate<JavaClass> fine = in(module);
        for (String other : allowed) {
            fine = fine.or(in(other));
        }
        return JavaClass.Predicates.resideInAPackage("io.prism..")
                .and(DescribedPredicate.not(fine));
    }
}
