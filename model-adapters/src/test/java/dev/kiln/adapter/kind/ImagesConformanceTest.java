package dev.kiln.adapter.kind;

class ImagesConformanceTest extends ImagesConformance {
    ImagesConformanceTest() {
        super("shapes-small");
    }
}
