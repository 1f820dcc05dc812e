using System.Net.Sockets;
using AgentMesh.X402.Exact.Evm.Client;

namespace AgentMesh.Cli.Meshes;

/// <summary>HTTP as this program speaks it.</summary>
internal static class LocalHttp
{
    private const int MaxAnswerBytes = 1_048_576;

    /// <summary>A handler that follows no redirects, and goes to this machine without the proxy that the environment may name.</summary>
    public static SocketsHttpHandler CreateHandler(Uri server)
    {
        var handler = PaymentHandler.CreatePrimaryHandler();
        handler.UseProxy = !server.IsLoopback;
        handler.UseCookies = false;
        return handler;
    }

    /// <summary>A client for one of the mesh's own servers, whose answers are short.</summary>
    public static HttpClient CreateClient(Uri server, TimeSpan timeout) =>
        new(CreateHandler(server)) { Timeout = timeout, MaxResponseContentBufferSize = MaxAnswerBytes };

    /// <summary>Whether a request ended without an answer, and not because the user wanted it to.</summary>
    public static bool IsUnreached(Exception fault, CancellationToken cancellationToken) =>
        // A SocketException: HttpClient asks a connection that was made for it where it leads to, and that may be gone already.
        fault is HttpRequestException or IOException or SocketException || fault is OperationCanceledException && !cancellationToken.IsCancellationRequested;
}
