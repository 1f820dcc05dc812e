using System.Net;
using AgentMesh.Cli.Buying;

namespace AgentMesh.Cli.Tests.Buying;

/// <summary>How long, and how often, a payment's outcome is asked for.</summary>
public sealed class DeliveryTests
{
    [Theory]
    [InlineData(null, 60, new[] { 1, 2, 4, 8, 10, 10, 10, 10 }, 9)]
    [InlineData("7", 60, new[] { 7, 7, 7, 7, 7, 7, 7, 7 }, 9)]
    [InlineData("10", 20, new[] { 10, 10 }, 3)]
    [InlineData("10", 19, new[] { 10 }, 2)]
    [InlineData("61", 60, new int[0], 1)]
    [InlineData("a time in 30 s", 60, new[] { 30 }, 20)]
    [InlineData("0", 60, new int[0], 20)]
    public async Task Pauses_AreTheServersWish_AndEndWithThePatience(string? retryAfter, int patience, int[] pauses, int requests)
    {
        var time = new ImpatientTime();
        using var terminal = new TestTerminal();
        await using var mesh = await TestMesh.StartAsync(terminal.Time);
        using var stub = new StubHandler(retryAfter == "a time in 30 s" ? (time.GetUtcNow() + TimeSpan.FromSeconds(30)).ToString("R") : retryAfter);
        using var http = new HttpClient(stub);
        var payment = (await StoredPayments.MakeAsync(terminal, mesh)).ToPayment().Value!;
        var delivery = new Delivery(http, new PayReport(TextWriter.Null, TextWriter.Null), TimeSpan.FromSeconds(patience), time);
        var answer = await delivery.SendAsync(new PayRequest("GET", new Uri("http://127.0.0.1:1/"), null), payment, TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.ServiceUnavailable, answer.Status);
        Assert.Equal(pauses, time.Pauses.Select(pause => (int)pause.TotalSeconds));
        Assert.Equal(requests, stub.Requests);
    }

    /// <summary>Unpaid requests are not repeated: whether the server acts twice is its affair.</summary>
    [Fact]
    public async Task WithoutAPayment_ThereIsOneRequest()
    {
        using var stub = new StubHandler("0");
        using var http = new HttpClient(stub);
        var delivery = new Delivery(http, new PayReport(TextWriter.Null, TextWriter.Null), TimeSpan.FromSeconds(60), new ImpatientTime());
        await delivery.SendAsync(new PayRequest("POST", new Uri("http://127.0.0.1:1/"), null), null, TestContext.Current.CancellationToken);
        Assert.Equal(1, stub.Requests);
    }

    /// <summary>Whoever waits has waited.</summary>
    private sealed class ImpatientTime : TimeProvider
    {
        private DateTimeOffset _now = DateTimeOffset.FromUnixTimeSeconds(1_800_000_000);

        public List<TimeSpan> Pauses { get; } = [];

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public override DateTimeOffset GetUtcNow() => _now;

        public override long GetTimestamp() => _now.Ticks;

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
        {
            Pauses.Add(dueTime);
            _now += dueTime;
            return System.CreateTimer(callback, state, TimeSpan.Zero, period);
        }
    }

    private sealed class StubHandler(string? retryAfter) : HttpMessageHandler
    {
        public int Requests { get; private set; }

        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            Requests++;
            var response = new HttpResponseMessage(HttpStatusCode.ServiceUnavailable) { RequestMessage = request };
            if (retryAfter is not null)
                response.Headers.TryAddWithoutValidation("Retry-After", retryAfter);
            return Task.FromResult(response);
        }
    }
}
