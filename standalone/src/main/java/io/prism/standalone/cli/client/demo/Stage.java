package io.prism.standalone.cli.client.demo;

import io.grpc.StatusException;
import io.prism.core.id.TimeOrderedIds;
import io.prism.standalone.cli.client.document.PlanTree;
import io.prism.standalone.cli.client.server.Connection;
import io.prism.standalone.cli.client.server.ErrorText;
import io.prism.standalone.cli.client.server.PrismEnv;
import io.prism.standalone.cli.client.server.ServerError;
import io.prism.v1.AdminServiceGrpc.AdminServiceBlockingV2Stub;
import io.prism.v1.CreateNamespaceRequest;
import io.prism.v1.DeleteNamespaceRequest;
import io.prism.v1.ExplainNamespaceRequest;
import io.prism.v1.ExplainNamespaceResponse;
import io.prism.v1.Namespace;
import io.prism.v1.Plan;
import io.prism.v1.PubSubServiceGrpc.PubSubServiceBlockingV2Stub;
import io.prism.v1.QueueServiceGrpc.QueueServiceBlockingV2Stub;
import io.prism.v1.ReaderServiceGrpc.ReaderServiceBlockingV2Stub;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.ArrayDeque;
import java.util.Deque;
import picocli.CommandLine.Help.Ansi;

/**
 * What a chapter may touch: Prism's two ports, and the servers behind it as their own tools see
 * them. Closing it deletes what was created, last first, unless it is to be kept. Used by one
 * thread.
 */
public final class Stage implements AutoCloseable {
    private final Connection admin;
    private final Connection data;
    private final PrismEnv env;
    private final Narrator narrator;
    private final TimeOrderedIds ids;
    private final String suffix;
    private final boolean keep;
    private final Deque<CleanUp> cleanUps = new ArrayDeque<>();

    /**
     * @param ids for objects a chapter makes itself
     * @param suffix makes names of this run unique; lower-case letters and digits
     * @param keep leaves everything there for a look
     */
    public Stage(
            Connection admin,
            Connection data,
            PrismEnv env,
            Narrator narrator,
            TimeOrderedIds ids,
            String suffix,
            boolean keep) {
        this.admin = admin;
        this.data = data;
        this.env = env;
        this.narrator = narrator;
        this.ids = ids;
        this.suffix = suffix;
        this.keep = keep;
    }

    /** Something that is undone when the stage closes. */
    public interface CleanUp {
        void run() throws StatusException, InterruptedException;
    }

    public Narrator narrator() {
        return narrator;
    }

    /** A namespace's name that belongs to this run: {@code demo-<chapter>-<suffix>}. */
    public String namespaceName(Chapter chapter) {
        return "demo-" + chapter.name() + "-" + suffix;
    }

    /** Creates the document's namespaces; they are deleted with their data in the end. */
    public void create(String document) throws StatusException {
        CreateNamespaceRequest request =
                CreateNamespaceRequest.newBuilder().setDocument(document).build();
        for (Namespace namespace : admin.admin().createNamespace(request).getNamespacesList()) {
            String name = namespace.getName();
            onClose(() -> delete(name));
        }
    }

    private void delete(String namespace) throws StatusException {
        admin.admin()
                .deleteNamespace(
                        DeleteNamespaceRequest.newBuilder()
                                .setName(namespace)
                                .setDeleteData(true)
                                .build());
    }

    /** What `prism explain` would show. */
    public String explain(String namespace) throws StatusException {
        ExplainNamespaceResponse response =
                admin.admin()
                        .explainNamespace(
                                ExplainNamespaceRequest.newBuilder().setName(namespace).build());
        StringWriter text = new StringWriter();
        PrintWriter out = new PrintWriter(text);
        for (Plan plan : response.getPlansList()) {
            new PlanTree(out, Ansi.OFF).print(plan, true);
        }
        out.flush();
        return text.toString();
    }

    /** An id as Prism makes them. */
    public String nextId() {
        return ids.next().toString();
    }

    public AdminServiceBlockingV2Stub admin() {
        return admin.admin();
    }

    public PubSubServiceBlockingV2Stub pubSub(String namespace) {
        return data.pubSub(namespace);
    }

    public QueueServiceBlockingV2Stub queue(String namespace) {
        return data.queue(namespace);
    }

    public ReaderServiceBlockingV2Stub reader(String namespace) {
        return data.reader(namespace);
    }

    /** Kafka as any Kafka client sees it; the caller closes it. */
    public KafkaView kafka() {
        return new KafkaView(env.require("PRISM_KAFKA_BOOTSTRAP"));
    }

    /** The object storage as any S3 client sees it; the caller closes it. */
    public S3View s3() {
        return new S3View(
                env.require("PRISM_S3_ENDPOINT"),
                env.require("PRISM_S3_ACCESS_KEY"),
                env.require("PRISM_S3_SECRET_KEY"));
    }

    /** The database as any application sees it; the caller closes it. */
    public PostgresView postgres() {
        return new PostgresView(env.require("PRISM_POSTGRES_URL"));
    }

    /** Redis as any client sees it; the caller closes it. */
    public RedisView redis() {
        return new RedisView(env.require("PRISM_REDIS_URL"));
    }

    /** What runs the connectors. */
    public ConnectView connect() {
        return new ConnectView(env.require("PRISM_CONNECT_URL"));
    }

    /** Registers something to undo; the last one registered is undone first. */
    public void onClose(CleanUp cleanUp) {
        cleanUps.push(cleanUp);
    }

    /** Whether everything stays when the stage closes. */
    public boolean keep() {
        return keep;
    }

    /** Undoes the last thing now, so that the story can show it. */
    public void undoLast() throws StatusException, InterruptedException {
        cleanUps.pop().run();
    }

    /** Undoes everything, whatever fails on the way; also after an interrupt. */
    @Override
    public void close() {
        boolean interrupted = Thread.interrupted();
        while (!cleanUps.isEmpty()) {
            CleanUp next = cleanUps.pop();
            if (!keep) {
                interrupted |= undo(next);
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private boolean undo(CleanUp cleanUp) {
        try {
            cleanUp.run();
            return false;
        } catch (StatusException e) {
            ServerError error = ServerError.of(e.getStatus(), e.getTrailers());
            narrator.say("could not tidy up: " + ErrorText.brief(error));
            return false;
        } catch (InterruptedException e) {
            return true;
        } catch (RuntimeException e) {
            narrator.say("could not tidy up: " + e.getMessage());
            return false;
        }
    }
}
