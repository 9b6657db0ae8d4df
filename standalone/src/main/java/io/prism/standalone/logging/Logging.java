package io.prism.standalone.logging;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.encoder.JsonEncoder;
import ch.qos.logback.classic.encoder.PatternLayoutEncoder;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.Appender;
import ch.qos.logback.core.ConsoleAppender;
import ch.qos.logback.core.encoder.Encoder;
import ch.qos.logback.core.rolling.FixedWindowRollingPolicy;
import ch.qos.logback.core.rolling.RollingFileAppender;
import ch.qos.logback.core.rolling.SizeBasedTriggeringPolicy;
import ch.qos.logback.core.util.FileSize;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.slf4j.LoggerFactory;
import org.slf4j.bridge.SLF4JBridgeHandler;

/**
 * Sets up logback for this process, replacing what was set up before. Prism's own events are JSON
 * lines; an embedded server's are text, one file a server.
 */
public final class Logging {
    private static final FileSize LARGEST_FILE = FileSize.valueOf("16MB");
    private static final int OLD_FILES = 3;
    private static final String TEXT =
            "%d{yyyy-MM-dd HH:mm:ss.SSS} %-5level [%thread] %logger{30} - %msg%n";

    private Logging() {}

    /** One file a part in the folder: {@code gateway.log}, {@code kafka.log} and so on. */
    public static void toFolder(Path logs, String level) {
        LoggerContext context = fresh();
        Appender<ILoggingEvent> gateway = file(context, logs.resolve("gateway.log"), json(context));
        Appender<ILoggingEvent> kafka = file(context, logs.resolve("kafka.log"), text(context));
        Appender<ILoggingEvent> s3 = file(context, logs.resolve("s3.log"), text(context));
        Appender<ILoggingEvent> connect = file(context, logs.resolve("connect.log"), text(context));
        root(context, gateway, level);
        for (String name : new String[] {"kafka", "org.apache.kafka", "state.change.logger"}) {
            route(context, name, Level.INFO, kafka);
        }
        route(context, "org.gaul.s3proxy", Level.WARN, s3);
        route(context, "org.apache.kafka.connect", Level.WARN, connect);
        route(context, "io.debezium", Level.INFO, connect);
        route(context, "org.eclipse.jetty", Level.WARN, connect);
        route(context, "org.glassfish.jersey", Level.ERROR, connect);
        // The clients inside the gateway, not the broker.
        route(context, "org.apache.kafka.clients", Level.WARN, gateway);
        bridge();
    }

    /** JSON lines on stdout, as a container's log collector likes them. */
    public static void toStdout(String level) {
        LoggerContext context = fresh();
        var console = new ConsoleAppender<ILoggingEvent>();
        console.setContext(context);
        console.setEncoder(json(context));
        console.start();
        root(context, console, level);
        route(context, "org.apache.kafka", Level.WARN, console);
        bridge();
    }

    /** Writes out what is buffered. */
    public static void close() {
        if (LoggerFactory.getILoggerFactory() instanceof LoggerContext context) {
            context.stop();
        }
    }

    private static LoggerContext fresh() {
        var context = (LoggerContext) LoggerFactory.getILoggerFactory();
        context.reset();
        return context;
    }

    private static void root(
            LoggerContext context, Appender<ILoggingEvent> appender, String level) {
        Logger root = context.getLogger(Logger.ROOT_LOGGER_NAME);
        root.setLevel(Level.WARN);
        root.addAppender(appender);
        context.getLogger("io.prism").setLevel(Level.toLevel(level, Level.INFO));
    }

    private static void route(
            LoggerContext context, String name, Level level, Appender<ILoggingEvent> appender) {
        Logger logger = context.getLogger(name);
        logger.setLevel(level);
        logger.setAdditive(false);
        logger.addAppender(appender);
    }

    /** gRPC logs through java.util.logging. */
    private static void bridge() {
        SLF4JBridgeHandler.removeHandlersForRootLogger();
        SLF4JBridgeHandler.install();
    }

    private static Appender<ILoggingEvent> file(
            LoggerContext context, Path path, Encoder<ILoggingEvent> encoder) {
        var file = new RollingFileAppender<ILoggingEvent>();
        file.setContext(context);
        file.setFile(path.toString());
        file.setEncoder(encoder);

        var rolling = new FixedWindowRollingPolicy();
        rolling.setContext(context);
        rolling.setParent(file);
        rolling.setFileNamePattern(path + ".%i");
        rolling.setMinIndex(1);
        rolling.setMaxIndex(OLD_FILES);
        rolling.start();
        file.setRollingPolicy(rolling);

        var trigger = new SizeBasedTriggeringPolicy<ILoggingEvent>();
        trigger.setContext(context);
        trigger.setMaxFileSize(LARGEST_FILE);
        trigger.start();
        file.setTriggeringPolicy(trigger);
        file.start();
        return file;
    }

    private static Encoder<ILoggingEvent> json(LoggerContext context) {
        var encoder = new JsonEncoder();
        encoder.setContext(context);
        encoder.setWithSequenceNumber(false);
        encoder.setWithNanoseconds(false);
        encoder.setWithContext(false);
        encoder.setWithFormattedMessage(true);
        encoder.setWithMessage(false);
        encoder.setWithArguments(false);
        encoder.start();
        return encoder;
    }

    private static Encoder<ILoggingEvent> text(LoggerContext context) {
        var encoder = new PatternLayoutEncoder();
        encoder.setContext(context);
        encoder.setCharset(StandardCharsets.UTF_8);
        encoder.setPattern(TEXT);
        encoder.start();
        return encoder;
    }
}
