package io.funcobserver.intake;

/** Is told of each function call that was uploaded and is safe on disk. */
@FunctionalInterface
public interface FuncCalls {
    /**
     * @param funcId of the function, as Func writes it
     * @param epochMillis when it was called, in UNIX milliseconds (Func knows whole seconds)
     */
    void seen(String funcId, long epochMillis);
}
