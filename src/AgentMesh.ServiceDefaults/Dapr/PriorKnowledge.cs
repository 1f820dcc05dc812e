using System.Buffers;
using System.IO.Pipelines;
using System.Net;
using System.Threading.Channels;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Injection = Microsoft.Extensions.DependencyInjection;

namespace AgentMesh.ServiceDefaults.Dapr;

/// <summary>
/// HTTP/1.1 and HTTP/2 with prior knowledge (RFC 9113, 3.3) on one port without TLS, as daprd's HTTP port has them. Kestrel serves one of the two there: who
/// begins with the preface of HTTP/2 is handed over to an endpoint of its own, which no address leads to.
/// </summary>
public sealed class PriorKnowledge : IConnectionListenerFactory, IConnectionListenerFactorySelector
{
    /// <summary>What no request of HTTP/1.1 begins with: RFC 9113, 3.4.</summary>
    private static ReadOnlySpan<byte> Preface => "PRI * HTTP/2.0"u8;

    private readonly Channel<Handed> _handedOver = Channel.CreateUnbounded<Handed>();
    private readonly Place _place = new();

    private bool _isPlaced;

    /// <summary>Makes it part of a server, before <see cref="Serve"/>.</summary>
    public void AddTo(Injection::IServiceCollection services)
    {
        // Kestrel adds its sockets only where there is nothing.
        services.TryAddSingleton<IConnectionListenerFactory, SocketTransportFactory>();
        services.Add(Injection::ServiceDescriptor.Singleton<IConnectionListenerFactory>(this));
    }

    /// <summary>A port of the server serves both.</summary>
    public void Serve(ListenOptions listen)
    {
        if (!_isPlaced)
            listen.KestrelServerOptions.Listen(_place, place => place.Protocols = HttpProtocols.Http2);
        _isPlaced = true;
        listen.Protocols = HttpProtocols.Http1;
        var patience = listen.KestrelServerOptions.Limits.KeepAliveTimeout;
        listen.Use(next => connection => RunAsync(connection, next, patience));
    }

    /// <inheritdoc/>
    public bool CanBind(EndPoint endpoint) => endpoint == _place;

    /// <inheritdoc/>
    public ValueTask<IConnectionListener> BindAsync(EndPoint endpoint, CancellationToken cancellationToken = default) =>
        ValueTask.FromResult<IConnectionListener>(new Listener(_place, _handedOver));

    private async Task RunAsync(ConnectionContext connection, ConnectionDelegate next, TimeSpan patience)
    {
        if (await IsHttp2Async(connection, patience) is not { } isHttp2)
            return;
        if (!isHttp2)
        {
            await next(connection);
            return;
        }

        var handed = new Handed(connection);
        if (_handedOver.Writer.TryWrite(handed))
            await handed.Ended;
    }

    /// <returns>Null: it has gone, or said nothing for too long, or the server stops.</returns>
    private static async ValueTask<bool?> IsHttp2Async(ConnectionContext connection, TimeSpan patience)
    {
        var input = connection.Transport.Input;
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(
            connection.Features.Get<IConnectionLifetimeNotificationFeature>()?.ConnectionClosedRequested ?? default);
        limit.CancelAfter(patience);
        try
        {
            while (true)
            {
                var read = await input.ReadAsync(limit.Token);
                var isHttp2 = Judge(read.Buffer);
                // Looked at and not consumed: who serves the connection reads it again.
                input.AdvanceTo(read.Buffer.Start, isHttp2 is null ? read.Buffer.End : read.Buffer.Start);
                if (isHttp2 is not null || read.IsCompleted || read.IsCanceled)
                    return isHttp2 ?? false;
            }
        }
        catch (Exception end) when (end is OperationCanceledException or IOException)
        {
            return null;
        }
    }

    private static bool? Judge(ReadOnlySequence<byte> begun)
    {
        Span<byte> start = stackalloc byte[Preface.Length];
        var length = (int)Math.Min(begun.Length, Preface.Length);
        begun.Slice(0, length).CopyTo(start);
        if (!start[..length].SequenceEqual(Preface[..length]))
            return false;
        return length == Preface.Length ? true : null;
    }

    private sealed class Place : EndPoint
    {
        public override string ToString() => "HTTP/2 with prior knowledge";
    }

    private sealed class Listener(EndPoint place, Channel<Handed> handedOver) : IConnectionListener
    {
        public EndPoint EndPoint => place;

        public async ValueTask<ConnectionContext?> AcceptAsync(CancellationToken cancellationToken = default)
        {
            while (await handedOver.Reader.WaitToReadAsync(cancellationToken))
            {
                if (handedOver.Reader.TryRead(out var handed))
                    return handed;
            }

            return null;
        }

        public ValueTask UnbindAsync(CancellationToken cancellationToken = default)
        {
            handedOver.Writer.TryComplete();
            return ValueTask.CompletedTask;
        }

        public ValueTask DisposeAsync() => UnbindAsync();
    }

    /// <summary>The connection, whose port disposes of it when it has ended here.</summary>
    private sealed class Handed(ConnectionContext connection) : ConnectionContext
    {
        private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Task Ended => _ended.Task;

        public override string ConnectionId { get => connection.ConnectionId; set => connection.ConnectionId = value; }

        public override IFeatureCollection Features => connection.Features;

        public override IDictionary<object, object?> Items { get => connection.Items; set => connection.Items = value; }

        public override IDuplexPipe Transport { get => connection.Transport; set => connection.Transport = value; }

        public override CancellationToken ConnectionClosed { get => connection.ConnectionClosed; set => connection.ConnectionClosed = value; }

        public override EndPoint? LocalEndPoint { get => connection.LocalEndPoint; set => connection.LocalEndPoint = value; }

        public override EndPoint? RemoteEndPoint { get => connection.RemoteEndPoint; set => connection.RemoteEndPoint = value; }

        public override void Abort(ConnectionAbortedException abortReason) => connection.Abort(abortReason);

        public override ValueTask DisposeAsync()
        {
            _ended.TrySetResult();
            return base.DisposeAsync();
        }
    }
}
