/**
 * Func's own upload: what stands before, within and behind {@code routes/intake.camel.yaml}.
 *
 * <p>{@link io.funcobserver.intake.IntakeDoor} receives, {@link io.funcobserver.intake.Intake} reads and completes the
 * points, {@link io.funcobserver.intake.GroupCommit} makes them safe.
 */
package io.funcobserver.intake;
