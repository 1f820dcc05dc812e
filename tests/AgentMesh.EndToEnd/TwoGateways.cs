using System.Net.Sockets;

namespace AgentMesh.EndToEnd;

/// <summary>
/// What a client that knows all gateways may do, and no more: it goes on at the next one when a connection is refused, or after as long as <c>Retry-After</c> says
/// when it is told 503. Any other fault and any other answer is its caller's.
/// </summary>
internal sealed class TwoGateways : DelegatingHandler
{
    private readonly IReadOnlyList<Uri> _gateways;
    private int _current;
    private int _refused;
    private int _unavailable;

    public TwoGateways(IReadOnlyList<Uri> gateways, int first)
        : base(new SocketsHttpHandler { UseProxy = false, UseCookies = false, AllowAutoRedirect = false }) => (_gateways, _current) = (gateways, first % gateways.Count);

    /// <summary>Connections that were refused.</summary>
    public int Refused => Volatile.Read(ref _refused);

    /// <summary>Answers of 503 with <c>Retry-After</c>.</summary>
    public int Unavailable => Volatile.Read(ref _unavailable);

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        if (request.Content is { } content)
            await content.LoadIntoBufferAsync(cancellationToken);
        while (true)
        {
            var current = Volatile.Read(ref _current);
            request.RequestUri = new Uri(_gateways[current], request.RequestUri!.PathAndQuery);
            try
            {
                var response = await base.SendAsync(request, cancellationToken);
                if (response is not { StatusCode: System.Net.HttpStatusCode.ServiceUnavailable, Headers.RetryAfter.Delta: { } pause })
                    return response;
                response.Dispose();
                Interlocked.Increment(ref _unavailable);
                Next(current);
                await Task.Delay(pause, cancellationToken);
            }
            catch (HttpRequestException fault) when (fault.InnerException is SocketException { SocketErrorCode: SocketError.ConnectionRefused })
            {
                Interlocked.Increment(ref _refused);
                Next(current);
            }
        }
    }

    private void Next(int from) => Interlocked.CompareExchange(ref _current, (from + 1) % _gateways.Count, from);
}
