package io.prism.core.claim;

import java.util.concurrent.Semaphore;
import software.amazon.awssdk.services.s3.S3AsyncClient;

/**
 * One endpoint's client, shared by the buckets there.
 *
 * @param slots as many transfers as have a connection of their own, so that a request's deadline is
 *     never spent waiting for one
 * @param endpoint for messages
 */
record S3Connection(S3AsyncClient client, Semaphore slots, String endpoint) {}
