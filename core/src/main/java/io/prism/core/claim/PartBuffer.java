package io.prism.core.claim;

import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/**
 * Gathers an object's bytes in pages of the upload memory and hands them on a part at a time. A
 * full part is handed on when the next byte arrives, so that the last part is never empty. Used by
 * one thread.
 */
final class PartBuffer extends OutputStream {
    /** Takes the parts; runs {@code sent} once when the part's memory is no longer needed. */
    interface PartSink {
        void part(Body body, Runnable sent);
    }

    private final UploadMemory.Share memory;
    private final PartSizes sizes;
    private final PartSink sink;
    private final List<byte[]> pages = new ArrayList<>();
    private int size;
    private int number = 1;
    private boolean discarding;

    PartBuffer(UploadMemory.Share memory, PartSizes sizes, PartSink sink) {
        this.memory = memory;
        this.sizes = sizes;
        this.sink = sink;
    }

    /** The part being filled, from 1. */
    int number() {
        return number;
    }

    @Override
    public void write(int b) {
        write(new byte[] {(byte) b}, 0, 1);
    }

    @Override
    public void write(byte[] data, int offset, int length) {
        write(ByteBuffer.wrap(data, offset, length));
    }

    /** Copies what remains of the buffer; blocks while there is no memory, or the sink blocks. */
    void write(ByteBuffer data) {
        while (data.hasRemaining() && !discarding) {
            if (size == sizes.sizeOf(number)) {
                Runnable sent = memory.detach();
                Body part = take();
                number++;
                sink.part(part, sent);
            }
            int inPage = size % UploadMemory.PAGE;
            if (inPage == 0) {
                pages.add(memory.page());
            }
            int room = Math.min(UploadMemory.PAGE - inPage, sizes.sizeOf(number) - size);
            int count = Math.min(room, data.remaining());
            data.get(pages.getLast(), inPage, count);
            size += count;
        }
    }

    /** What has not been handed on; its memory is the share's until that is closed. */
    Body take() {
        List<ByteBuffer> pieces = new ArrayList<>(pages.size());
        for (int i = 0; i < pages.size(); i++) {
            int start = i * UploadMemory.PAGE;
            pieces.add(ByteBuffer.wrap(pages.get(i), 0, Math.min(UploadMemory.PAGE, size - start)));
        }
        Body body = new Body(List.copyOf(pieces), size);
        pages.clear();
        size = 0;
        return body;
    }

    /** From now on bytes are dropped: an encoder can be closed without waiting for memory. */
    void discard() {
        discarding = true;
        pages.clear();
        size = 0;
    }
}
