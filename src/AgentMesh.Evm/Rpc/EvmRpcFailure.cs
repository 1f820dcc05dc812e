namespace AgentMesh.Evm.Rpc;

/// <summary>In what way a node failed.</summary>
public enum EvmRpcFailure
{
    /// <summary>There was no connection, or it broke.</summary>
    Unreachable,

    /// <summary>It took longer than <see cref="EvmRpcOptions.TimeoutMs"/>.</summary>
    TimedOut,

    /// <summary>The HTTP status was not 2xx: <see cref="EvmRpcException.StatusCode"/>.</summary>
    HttpStatus,

    /// <summary>The answer was larger than <see cref="EvmRpcOptions.MaxResponseBytes"/>.</summary>
    TooLarge,

    /// <summary>The answer was not JSON-RPC, not to this request, or not of the type that the method returns.</summary>
    Malformed,

    /// <summary>The node answered with an error: <see cref="EvmRpcException.Code"/>.</summary>
    RpcError,
}
