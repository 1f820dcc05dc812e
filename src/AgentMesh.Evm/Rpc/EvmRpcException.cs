using System.Net;

namespace AgentMesh.Evm.Rpc;

/// <summary>
/// A node did not answer a call as hoped. Whether a transaction that was to be sent was taken is then unknown: even an error may say that
/// it was known before. Look for its receipt. The message has neither the node's address, in which providers put their keys, nor its
/// words, which may repeat it.
/// </summary>
public sealed class EvmRpcException : Exception
{
    /// <summary>Characters that are kept of what a node said of an error.</summary>
    public const int MaxServerText = 1024;

    internal EvmRpcException(EvmRpcFailure failure, string method, string what)
        : base($"{method}: {what}") => Failure = failure;

    /// <summary>In what way.</summary>
    public EvmRpcFailure Failure { get; }

    /// <summary>The HTTP status, when it was the reason.</summary>
    public HttpStatusCode? StatusCode { get; internal init; }

    /// <summary>How long the node wants to be left alone, when it said so with the status.</summary>
    public TimeSpan? RetryAfter { get; internal init; }

    /// <summary>The code of the JSON-RPC error: 3 is a revert, -32005 too many requests, -32000 many things.</summary>
    public long? Code { get; internal init; }

    /// <summary>The node's words for the error, cut off. A stranger's text: not for logs or for callers.</summary>
    public string? ServerMessage { get; internal init; }

    /// <summary>The bytes that a contract reverted with, as hex, cut off; null when there were none.</summary>
    public string? ServerData { get; internal init; }
}
