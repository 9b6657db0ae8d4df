package io.prism.bench.report;

import com.sun.management.OperatingSystemMXBean;
import java.lang.management.ManagementFactory;
import java.util.Locale;

/**
 * What the numbers were measured on; says nothing that would tell one machine from another.
 *
 * @param memoryGib of the machine, rounded
 */
public record Machine(int cores, long memoryGib, String system, String jdk) {

    /** The machine this process runs on. */
    public static Machine current() {
        long bytes =
                ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class)
                        .getTotalMemorySize();
        return new Machine(
                Runtime.getRuntime().availableProcessors(),
                Math.round(bytes / (double) (1L << 30)),
                System.getProperty("os.name") + " " + System.getProperty("os.arch"),
                Runtime.version().toString());
    }

    @Override
    public String toString() {
        return String.format(
                Locale.ROOT, "%d cores, %d GiB, %s, JDK %s", cores, memoryGib, system, jdk);
    }
}
