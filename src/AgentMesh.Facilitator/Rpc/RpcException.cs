namespace AgentMesh.Facilitator.Rpc;

/// <summary>A call that has no result. JSON-RPC 2.0, 5.1, and the codes of Ethereum's nodes.</summary>
internal sealed class RpcException(int code, string message) : Exception(message)
{
    public const int ParseError = -32700;
    public const int InvalidRequest = -32600;
    public const int MethodNotFound = -32601;
    public const int InvalidParams = -32602;
    public const int Server = -32000;

    /// <summary>EIP-1474: more than is answered at once.</summary>
    public const int LimitExceeded = -32005;

    /// <summary>geth: what was asked for is not kept any more.</summary>
    public const int Pruned = 4444;

    /// <summary>What nodes answer when a contract reverts.</summary>
    public const int Reverted = 3;

    public int Code => code;
}
