package io.funcobserver.intake;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.Arrays;

import io.funcobserver.demo.UploadClient;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** A body is unpacked to its last byte, or it is broken. */
class GunzipTest {
    private static final byte[] ONE = IntakeRig.gzip("m f=1 1\n");
    private static final byte[] TWO = IntakeRig.gzip("m f=2 2\n");

    @Property
    void unpacksMembersInOrder(@ForAll byte[] first, @ForAll byte[] second) throws IOException {
        assertThat(unpack(IntakeRig.join(UploadClient.gzip(first), UploadClient.gzip(second))))
                .isEqualTo(IntakeRig.join(first, second));
    }

    @Property
    void isBrokenWhereverItIsCut(@ForAll @IntRange(min = 0, max = 1000) int length) throws IOException {
        byte[] both = IntakeRig.join(ONE, TWO);
        byte[] cut = Arrays.copyOf(both, length % both.length);
        if (cut.length == ONE.length) {
            assertThat(unpack(cut)).asString().isEqualTo("m f=1 1\n");
        } else {
            assertThatThrownBy(() -> unpack(cut)).isInstanceOf(IOException.class);
        }
    }

    @Property
    void isBrokenByWhatFollows(@ForAll @Size(min = 1, max = 40) byte[] more) {
        assertThatThrownBy(() -> unpack(IntakeRig.join(ONE, more))).isInstanceOf(IOException.class);
    }

    @Property
    void neverTakesOtherBytesForTheSame(@ForAll @IntRange(min = 0, max = 10_000) int place, @ForAll byte other)
            throws IOException {
        byte[] changed = ONE.clone();
        changed[place % ONE.length] = other;
        try {
            // Of the head, some bits say nothing of the content.
            assertThat(unpack(changed)).asString().isEqualTo("m f=1 1\n");
        } catch (IOException broken) {
            assertThat(changed).isNotEqualTo(ONE);
        }
    }

    @Example
    void readsAllThatAHeadMayHold() throws IOException {
        ByteArrayOutputStream head = new ByteArrayOutputStream();
        head.writeBytes(new byte[] {0x1f, (byte) 0x8b, 8, 2 | 4 | 8 | 16, 0, 0, 0, 0, 0, 3});
        head.writeBytes(new byte[] {3, 0, 'x', 'y', 'z'});
        head.writeBytes(new byte[] {'n', 0, 'c', 0});
        head.writeBytes(new byte[] {1, 2});
        byte[] rest = Arrays.copyOfRange(ONE, 10, ONE.length);
        assertThat(unpack(IntakeRig.join(head.toByteArray(), rest))).asString().isEqualTo("m f=1 1\n");
    }

    @Example
    void takesAMillionEmptyMembers() throws IOException {
        byte[] empty = IntakeRig.gzip("");
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        for (int i = 0; i < 1_000_000; i++) {
            all.writeBytes(empty);
        }
        all.writeBytes(ONE);
        assertThat(unpack(all.toByteArray())).asString().isEqualTo("m f=1 1\n");
    }

    private static byte[] unpack(byte[] packed) throws IOException {
        try (Gunzip in = new Gunzip(new ByteArrayInputStream(packed))) {
            return in.readAllBytes();
        }
    }
}
