package io.funcobserver.spool;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.List;
import java.util.zip.CRC32;
import java.util.zip.GZIPOutputStream;
import java.util.zip.Inflater;
import java.util.zip.InflaterInputStream;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.Size;

import static org.assertj.core.api.Assertions.assertThat;

class GzipTest {
    @Property
    void joinsMembersIntoOneWithTheContentOfAll(@ForAll @Size(min = 1, max = 5) List<byte[]> contents)
            throws IOException {
        byte[] joined = Gzip.join(contents.stream()
                .map(content -> Gzip.pack(content, 0, content.length))
                .toList());
        assertThat(Gzip.unpack(joined)).isEqualTo(concatenated(contents));
        assertThat(firstMember(joined)).isEqualTo(concatenated(contents));
        assertThat(Gzip.check(joined, new ByteArrayOutputStream())).isNull();
    }

    @Property(tries = 100)
    void joinsWhatOthersHavePacked(@ForAll byte[] first, @ForAll byte[] second) throws IOException {
        byte[] joined = Gzip.join(List.of(packedElsewhere(first), Gzip.pack(second, 0, second.length)));
        assertThat(firstMember(joined)).isEqualTo(concatenated(List.of(first, second)));
    }

    @Property
    void knowsTheChecksumOfBoth(@ForAll byte[] first, @ForAll byte[] second) {
        assertThat(JoinedCrc.of(crc(first), crc(second), second.length))
                .isEqualTo(crc(concatenated(List.of(first, second))));
    }

    /** What a receiver sees that does not read on behind the first member. */
    private static byte[] firstMember(byte[] packed) throws IOException {
        int header = 10;
        return new InflaterInputStream(
                        new ByteArrayInputStream(packed, header, packed.length - header), new Inflater(true))
                .readAllBytes();
    }

    private static byte[] packedElsewhere(byte[] content) throws IOException {
        ByteArrayOutputStream packed = new ByteArrayOutputStream();
        try (GZIPOutputStream out = new GZIPOutputStream(packed)) {
            out.write(content);
        }
        return packed.toByteArray();
    }

    private static byte[] concatenated(List<byte[]> contents) {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        contents.forEach(all::writeBytes);
        return all.toByteArray();
    }

    private static long crc(byte[] bytes) {
        CRC32 crc = new CRC32();
        crc.update(bytes);
        return crc.getValue();
    }
}
