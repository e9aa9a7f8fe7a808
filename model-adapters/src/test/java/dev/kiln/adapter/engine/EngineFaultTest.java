package dev.kiln.adapter.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kiln.core.model.ModelFault;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class EngineFaultTest {
    private final Exception cause = new IllegalStateException("planted");

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Error code - ORT_RUNTIME_EXCEPTION - message: std::bad_alloc",
                "Failed to allocate memory for requested buffer of size 1073741824",
                "[enforce fail at alloc_cpu.cpp:119] err == 0. DefaultCPUAllocator: can't allocate memory",
                "CUDA out of memory. Tried to allocate 2.00 GiB",
            })
    void wantOfMemoryIsToldApart(String said) {
        ModelFault fault = EngineFault.of("the engine", said, cause);

        assertThat(fault.outOfMemory()).isTrue();
        assertThat(fault).hasMessage("the engine failed: " + said).hasCause(cause);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "CUDA failure 719: unspecified launch failure ; GPU=0 ; expr=cudaStreamSynchronize(stream)",
                "CUDA failure 700: an illegal memory access was encountered",
                "CUDA error 100: no CUDA-capable device is detected",
                "cudaErrorDevicesUnavailable: all CUDA-capable devices are busy or unavailable",
            })
    void aLostDeviceIsToldApart(String said) {
        ModelFault fault = EngineFault.of("the engine", said, cause);

        assertThat(fault.deviceLost()).isTrue();
        assertThat(fault.outOfMemory()).isFalse();
        assertThat(new ModelFault("outer", fault).deviceLost()).isTrue();
    }

    @Test
    void anyOtherFailureIsNone() {
        ModelFault fault = EngineFault.of("the engine", "Invalid rank for input", cause);

        assertThat(fault.outOfMemory()).isFalse();
        assertThat(fault.deviceLost()).isFalse();
        assertThat(fault).hasCause(cause);
    }
}
