package io.funcobserver.observe;

/** Hears of each function call whose points are on their way; from any thread, and cheap. */
@FunctionalInterface
public interface FuncCalls {
    /** Nobody listens. */
    FuncCalls UNHEARD = (funcId, triggerTimeMs) -> {};

    /** @param triggerTimeMs UNIX milliseconds */
    void seen(String funcId, long triggerTimeMs);
}
