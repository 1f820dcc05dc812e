using AgentMesh.Evm.Rpc;
using AgentMesh.ServiceDefaults.Dapr;

namespace AgentMesh.Payments.Chain;

/// <summary>The node that the chain is asked at: at an URL, or that of an app, through the sidecar.</summary>
internal sealed class ChainNode : IDisposable
{
    private readonly HttpClient? _http;
    private readonly Func<EvmRpcOptions, EvmRpcClient>? _connect;

    public ChainNode(PaymentOptions options, SidecarOptions sidecar, TimeProvider time)
    {
        if (options.RpcUrl is { } url)
        {
            // Its own client: the sidecar's token must never be on a connection to anybody else.
            _http = new HttpClient(new SocketsHttpHandler { UseProxy = false, UseCookies = false, AllowAutoRedirect = false });
            _connect = limits => new EvmRpcClient(_http, url, limits, time);
        }
        else if (options is { RpcApp: { Length: > 0 } app, FacilitatorUrl: null })
        {
            _http = sidecar.CreateClient(Timeout.InfiniteTimeSpan);
            var path = new Uri($"v1.0/invoke/{app}/method/rpc", UriKind.Relative);
            _connect = limits => new EvmRpcClient(_http, path, limits, time);
        }
    }

    /// <summary>A client of the node; null when none is configured.</summary>
    /// <param name="limits">How long it may take, and how much it may say.</param>
    public EvmRpcClient? Connect(EvmRpcOptions limits) => _connect?.Invoke(limits);

    public void Dispose() => _http?.Dispose();
}
