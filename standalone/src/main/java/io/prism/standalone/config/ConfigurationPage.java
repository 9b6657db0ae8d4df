package io.prism.standalone.config;

import java.util.List;

/** Makes {@code docs/configuration.md} from the tables, so that it cannot say anything else. */
public final class ConfigurationPage {
    private ConfigurationPage() {}

    public static String markdown() {
        var page = new StringBuilder();
        page.append("# Configuration\n\n")
                .append(
                        "<!-- Made from the code; a test fails when it is stale. To make it"
                                + " again:\n")
                .append(
                        "     mvn test -pl standalone -am -Dtest=ConfigurationPageTest"
                                + " -Dsurefire.failIfNoSpecifiedTests=false \\\n")
                .append("       -Dprism.docs.write=true -->\n\n")
                .append("`prism up` needs none of this. A single role, such as `prism gateway`,")
                .append(" reads a file\n(`--config FILE`, YAML or `.properties`) and variables; a")
                .append(" variable wins over the file. In YAML, dots may be\nnesting: `grpc.port:")
                .append(" 8980` and `grpc: {port: 8980}` are the same. Everything that is wrong is")
                .append(" said at once, and\nthe role does not start.\n\n")
                .append("Durations are written `500ms`, `30s`, `5m`, `2h`, `7d`; sizes `8MiB`")
                .append(
                        " (2^20) or `8MB` (10^6). Where an option has `<name>` in it, the name is"
                            + " one")
                .append(" the file gives, such as\n`databases: {orders: {url: …}}`; its variable")
                .append(" has the name in capitals (`PRISM_DATABASES_ORDERS_PASSWORD`).\n\n");
        table(page, "prism gateway", GatewayOptions.TABLE);
        page.append("\n");
        table(page, "prism streams", StreamsOptions.TABLE);
        return page.toString();
    }

    private static void table(StringBuilder page, String role, List<ConfigOption<?>> options) {
        page.append("## ").append(role).append("\n\n");
        page.append("| option | variable | type | default | what it is |\n|---|---|---|---|---|\n");
        for (ConfigOption<?> option : options) {
            page.append(
                    "| `%s` | `%s` | %s | %s | %s |\n"
                            .formatted(
                                    option.key(),
                                    option.variable(),
                                    option.type().name(),
                                    option.fallback()
                                            .map(f -> "`" + f + "`")
                                            .orElse(option.required() ? "**required**" : "none"),
                                    option.description()));
        }
    }
}
