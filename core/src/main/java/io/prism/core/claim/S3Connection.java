package io.prism.core.claim;

import java.util.concurrent.Semaphore;
import software.amazon.awssdk.services.s3.S3AsyncClient;
import software.amazon.awssdk.services.s3.presigner.S3Presigner;

/**
 * One endpoint's client, shared by the buckets there.
 *
 * @param presigner signs URLs of its objects without asking it
 * @param slots as many transfers as have a connection of their own, so that a request's deadline is
 *     never spent waiting for one
 * @param deadlines of its requests
 * @param endpoint for messages
 */
record S3Connection(
        S3AsyncClient client,
        S3Presigner presigner,
        Semaphore slots,
        S3Deadlines deadlines,
        String endpoint) {}
