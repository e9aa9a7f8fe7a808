package dev.kiln.adapter.pytorch;

import ai.djl.Device;
import ai.djl.pytorch.engine.PtNDManager;
import dev.kiln.adapter.engine.Engine;
import dev.kiln.adapter.engine.EngineTensor;
import dev.kiln.adapter.engine.Faces;
import dev.kiln.adapter.engine.Placement;
import dev.kiln.core.model.ModelFault;
import dev.kiln.core.model.TensorSpec;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;

/// Any TorchScript module of tensors on PyTorch, one thread a run.
///
/// Inputs are read where they lie, outputs are copied into the batch's memory. A module that keeps state from one run
/// to the next is held in as many copies as there are threads to run it, and is given copies of its inputs, since it
/// may hold on to them.
///
/// **Threads:** as [Engine] says; shareable.
public final class TorchEngine implements Engine {
    private final TorchFace face;
    private final List<TorchModule> modules;
    private final BlockingQueue<TorchModule> free;
    private final boolean keepsState;
    private boolean closed; // guarded by this

    private TorchEngine(TorchFace face, List<TorchModule> modules, boolean keepsState) {
        this.face = face;
        this.modules = modules;
        this.free = new ArrayBlockingQueue<>(modules.size(), false, modules);
        this.keepsState = keepsState;
    }

    /// Loads a module for the processor.
    ///
    /// @see #open(MemorySegment, TorchFace, int, Path, String)
    public static TorchEngine open(
            MemorySegment archive, TorchFace face, int threads, Path libraryFolder)
            throws ModelFault {
        return open(archive, face, threads, libraryFolder, "cpu");
    }

    /// Loads a module, and PyTorch itself if this is the process's first.
    ///
    /// @param archive the bytes of the TorchScript file; needed only during this call
    /// @param threads how many threads will call [#run] at once, at least 1
    /// @param libraryFolder where PyTorch's natives are unpacked, 450 MB
    /// @param device `cpu`, or `cuda:0` and the like, which fails where PyTorch's natives have no CUDA
    /// @throws ModelFault if the natives or the module cannot be loaded, or the face is not one that it can have
    public static TorchEngine open(
            MemorySegment archive, TorchFace face, int threads, Path libraryFolder, String device)
            throws ModelFault {
        for (TensorSpec input : face.inputs()) {
            if (TorchTypes.of(input.dtype()).isEmpty() && !face.numbers().contains(input.name())) {
                throw new ModelFault(
                        "input %s is %s, which DJL cannot hand to PyTorch"
                                .formatted(input.name(), input.dtype()));
            }
        }
        boolean keepsState = keepsState(archive);
        PtNDManager root = TorchLibrary.load(libraryFolder);
        Device at = TorchDevice.usable(device);
        List<TorchModule> modules = new ArrayList<>();
        boolean loaded = false;
        try {
            for (int copy = 0; copy < (keepsState ? threads : 1); copy++) {
                var bytes = new SegmentStream(archive);
                modules.add(TorchModule.load(root, at, bytes, face, keepsState));
            }
            loaded = true;
            return new TorchEngine(face, modules, keepsState);
        } finally {
            if (!loaded) {
                modules.forEach(TorchModule::close);
            }
        }
    }

    private static boolean keepsState(MemorySegment archive) throws ModelFault {
        try {
            return TorchCode.keepsState(archive);
        } catch (IOException e) {
            throw new ModelFault("PyTorch cannot load the module: " + e.getMessage(), e);
        }
    }

    @Override
    public String version() {
        return "pytorch-" + ai.djl.engine.Engine.getEngine("PyTorch").getVersion();
    }

    @Override
    public String device() {
        return modules.getFirst().placement().device();
    }

    @Override
    public Placement placement() throws ModelFault {
        return modules.getFirst().placement().believed();
    }

    @Override
    public List<TensorSpec> inputs() {
        return face.inputs();
    }

    @Override
    public List<TensorSpec> outputs() {
        return face.outputs();
    }

    @Override
    public boolean shareable() {
        return true;
    }

    @Override
    public List<EngineTensor> run(List<EngineTensor> inputs, Arena arena) throws ModelFault {
        List<EngineTensor> inOrder = Faces.inOrder(face.inputs(), inputs);
        if (!keepsState) {
            return modules.getFirst().run(inOrder, arena);
        }
        TorchModule own;
        try {
            own = free.take();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new ModelFault("interrupted while another thread ran the module", e);
        }
        try {
            return own.run(inOrder, arena);
        } finally {
            free.add(own);
        }
    }

    @Override
    public synchronized void close() {
        if (!closed) {
            closed = true;
            modules.forEach(TorchModule::close);
        }
    }
}
