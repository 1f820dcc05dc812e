using AgentMesh.Gateway.Mcp.Transport;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Time.Testing;

namespace AgentMesh.Gateway.Tests.Mcp;

/// <summary>What is said while a tool is silent, and when nothing is.</summary>
public sealed class KeepAliveTests : IDisposable
{
    private const string Comment = ": keep-alive\n\n";

    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(5);

    private readonly FakeTimeProvider _time = new();
    private readonly Body _body = new();
    private readonly DefaultHttpContext _context = new();
    private readonly Response _response = new() { HasStartedNow = true };

    public KeepAliveTests()
    {
        _context.Features.Set<IHttpResponseFeature>(_response);
        _context.Response.Body = _body;
        _context.Response.ContentType = "text/event-stream";
    }

    public void Dispose() => _body.Dispose();

    [Fact]
    public async Task Silence_IsBroken_AndSpeechIsNot()
    {
        await using var stream = new KeepAliveStream(_context.Response, Interval, _time);
        _time.Advance(Interval);
        Assert.Equal(Comment, await _body.NextAsync());
        _time.Advance(TimeSpan.FromSeconds(4));
        await WriteAsync(stream, "data: 1\n\n");
        Assert.Equal("data: 1\n\n", await _body.NextAsync());
        // One second after the event, then six.
        _time.Advance(TimeSpan.FromSeconds(1));
        _time.Advance(Interval);
        Assert.Equal(Comment, await _body.NextAsync());
    }

    [Fact]
    public async Task NothingIsSaid_InTheMiddleOfAnEvent()
    {
        await using var stream = new KeepAliveStream(_context.Response, Interval, _time);
        await WriteAsync(stream, "data: 1\n");
        _time.Advance(Interval);
        await WriteAsync(stream, "\n\n");
        Assert.Equal(["data: 1\n", "\n\n"], [await _body.NextAsync(), await _body.NextAsync()]);
        _time.Advance(Interval);
        Assert.Equal(Comment, await _body.NextAsync());
    }

    /// <summary>Before the headers are out the answer may still become an error of another type.</summary>
    [Theory]
    [InlineData(false, "text/event-stream")]
    [InlineData(true, "application/json")]
    [InlineData(true, null)]
    public async Task NothingIsSaid_WhereNoEventStreamHasBegun(bool hasStarted, string? type)
    {
        _response.HasStartedNow = hasStarted;
        _context.Response.ContentType = type;
        var stream = new KeepAliveStream(_context.Response, Interval, _time);
        _time.Advance(Interval);
        await stream.DisposeAsync();
        Assert.True(_body.IsEmpty);
    }

    [Fact]
    public async Task ClientThatIsGone_EndsIt()
    {
        using var aborted = new CancellationTokenSource();
        _context.RequestAborted = aborted.Token;
        await using var stream = new KeepAliveStream(_context.Response, Interval, _time);
        await aborted.CancelAsync();
        _time.Advance(Interval);
    }

    private static async Task WriteAsync(KeepAliveStream stream, string text)
    {
        await stream.WriteAsync(System.Text.Encoding.UTF8.GetBytes(text), TestContext.Current.CancellationToken);
        await stream.FlushAsync(TestContext.Current.CancellationToken);
    }

    private sealed class Response : HttpResponseFeature
    {
        private bool _hasStarted;

        public override bool HasStarted => _hasStarted;

        public bool HasStartedNow
        {
            set => _hasStarted = value;
        }
    }
}
