package dev.kiln.server.task;

import com.fasterxml.jackson.core.util.BufferRecycler;
import com.fasterxml.jackson.core.util.RecyclerPool;

/// Buffers that JSON is read and written with, shared by all calls: Jackson would keep them with a thread, and each call
/// has a thread of its own. At most 64 sets of eight arrays are kept, none longer than 8 Ki bytes or characters, whatever
/// a body made them grow to: 6 MiB in all at the very most.
///
/// **Threads:** any.
final class JsonBuffers extends RecyclerPool.BoundedPoolBase<BufferRecycler> {
    static final int LONGEST = 8 << 10;

    private static final int SETS = 64;
    private static final long serialVersionUID = 1;

    JsonBuffers() {
        super(SETS);
    }

    @Override
    public BufferRecycler createPooled() {
        return new Bounded();
    }

    private static final class Bounded extends BufferRecycler {
        @Override
        public void releaseByteBuffer(int use, byte[] buffer) {
            if (buffer.length <= LONGEST) {
                super.releaseByteBuffer(use, buffer);
            }
        }

        @Override
        public void releaseCharBuffer(int use, char[] buffer) {
            if (buffer.length <= LONGEST) {
                super.releaseCharBuffer(use, buffer);
            }
        }
    }
}
