using System.Text.Json;
using AgentMesh.Cli.Buying;

namespace AgentMesh.Cli.Tests.Buying;

/// <summary>Payments that were stored by any shipped version are sent as they were.</summary>
public sealed class UnfinishedPaymentTests : IDisposable
{
    private readonly TestTerminal _terminal = new();

    [Fact]
    public void Version1_IsRead_AndItsBytesStay()
    {
        var record = JsonSerializer.Deserialize<UnfinishedPayment>(File.ReadAllBytes(Fixture), CliJson.Stored)!;
        var payment = record.ToPayment().Value!;
        Assert.Equal(record.PaymentId, payment.Id.ToString());
        Assert.Equal((record.HeaderName, record.HeaderValue), (payment.HeaderName, payment.HeaderValue));
        Assert.Equal(("POST", "http://127.0.0.1:8080/agent/alice/premium/analysis"), (record.ToRequest().Method, record.ToRequest().Url.AbsoluteUri));
        Assert.Equal("""{"query":"Is it so?"}"""u8.ToArray(), record.ToRequest().Body);
        // Written as it is read: a resend rewrites nothing, but a copy would be the same.
        Assert.Equal(JsonElement.Parse(File.ReadAllBytes(Fixture)).ToString(), JsonElement.Parse(JsonSerializer.SerializeToUtf8Bytes(record, CliJson.Stored)).ToString());
    }

    [Theory]
    [InlineData("")]
    [InlineData("{}")]
    [InlineData("""{"v":2,"paymentId":"x","method":"GET","url":"http://a/","headerName":"X-PAYMENT","headerValue":"","asset":"0x"}""")]
    [InlineData("""{"v":1,"paymentId":"x"}""")]
    public async Task DamagedOrNewerRecord_IsNotThrownAway(string content)
    {
        var file = _terminal.Write($".agentmesh/buyer.key.payments/{new PayRequest("GET", new Uri("http://127.0.0.1:1/"), null).Fingerprint}.json", content);
        var ran = await _terminal.RunAsync("pay", "http://127.0.0.1:1/");
        Assert.Equal(1, ran.ExitCode);
        Assert.Contains("cannot be read", ran.Error, StringComparison.Ordinal);
        Assert.Equal(content, await File.ReadAllTextAsync(file, TestContext.Current.CancellationToken));
    }

    [Fact]
    public void PaymentThatIsOver_TakesNoOtherAlong()
    {
        var request = new PayRequest("GET", new Uri("http://127.0.0.1:1/"), null);
        var payments = UnfinishedPayments.OfKeyFile(_terminal.KeyFile);
        var (first, second) = (new UnfinishedPayment(1, "first", "GET", "http://127.0.0.1:1/", "X-PAYMENT", "", "0x"), new UnfinishedPayment(1, "second", "GET", "http://127.0.0.1:1/", "X-PAYMENT", "", "0x"));
        Assert.True(payments.TryAdd(request, first));
        Assert.False(payments.TryAdd(request, second));
        Assert.Equal("first", payments.Find(request)!.PaymentId);
        payments.Remove(request, "second");
        Assert.Equal("first", payments.Find(request)!.PaymentId);
        payments.Remove(request, "first");
        Assert.Null(payments.Find(request));
        payments.Remove(request, "first");
        Assert.True(payments.TryAdd(request, second));
    }

    [Fact]
    public void Requests_AreToldApart()
    {
        PayRequest[] requests =
        [
            new("GET", new Uri("http://a/"), null),
            new("POST", new Uri("http://a/"), null),
            new("GET", new Uri("http://a/?b"), null),
            new("GET", new Uri("http://a/"), "1"u8.ToArray()),
            new("GET", new Uri("http://a:81/"), null),
        ];
        Assert.Equal(requests.Length, requests.Select(request => request.Fingerprint).Distinct().Count());
        Assert.Equal(requests[0].Fingerprint, new PayRequest("GET", new Uri("http://a"), null).Fingerprint);
    }

    public void Dispose() => _terminal.Dispose();

    private static string Fixture => Path.Combine(AppContext.BaseDirectory, "Fixtures", "unfinished-payment.v1.json");
}
