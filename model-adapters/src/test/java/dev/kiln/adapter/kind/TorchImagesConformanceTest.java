package dev.kiln.adapter.kind;

class TorchImagesConformanceTest extends ImagesConformance {
    TorchImagesConformanceTest() {
        super("shapes-small-torch");
    }
}
