package io.funcobserver.spool;

import java.io.IOException;
import java.util.Arrays;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;

import static org.assertj.core.api.Assertions.assertThat;

class GzipTest {
    @Property
    void packsTheSameBytesTheSameWay(@ForAll byte[] content) throws IOException {
        byte[] packed = Gzip.pack(content, 0, content.length);
        assertThat(Gzip.unpack(packed)).isEqualTo(content);
        assertThat(Gzip.pack(content, 0, content.length)).isEqualTo(packed);
    }

    @Property
    void readsWhatIsLeftOfTruncatedContent(@ForAll byte[] content, @ForAll int at) {
        byte[] packed = Gzip.pack(content, 0, content.length);
        byte[] left = Gzip.unpackWhatCanBe(Arrays.copyOf(packed, Math.floorMod(at, packed.length)));
        assertThat(left).isEqualTo(Arrays.copyOf(content, left.length));
    }
}
