using System.Collections.Concurrent;
using System.Net;
using System.Net.Http.Headers;
using System.Text;
using AgentMesh.ActorHost.Mail;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;

namespace AgentMesh.ActorHost.Tests;

/// <summary>Messages of outside services, as Dapr delivers them.</summary>
public sealed class InboundMailTests
{
    private const string Alice = "default:alice";
    private const string Billing = "default:billing";
    private const string Success = """{"status":"SUCCESS"}""";
    private const string Retry = """{"status":"RETRY"}""";
    private const string Drop = """{"status":"DROP"}""";

    [Fact]
    public async Task Subscription_NamesItsDeadLetterTopic()
    {
        await using var host = await HostUnderTest.StartAsync();
        Assert.Equal(
            """[{"pubsubname":"pubsub","topic":"agentmesh.mail","route":"/dapr/mail","deadLetterTopic":"agentmesh.mail.dead"}]""",
            await host.Http.GetStringAsync(new Uri("dapr/subscribe", UriKind.Relative), TestContext.Current.CancellationToken));
        await using var off = await HostUnderTest.StartAsync(("AgentMesh:Mail:InboundFrom", ""));
        Assert.Equal("[]", await off.Http.GetStringAsync(new Uri("dapr/subscribe", UriKind.Relative), TestContext.Current.CancellationToken));
    }

    /// <summary>Whoever may publish could send by the name of any user: outside of Development it has to be said whose names are taken.</summary>
    [Theory]
    [InlineData(null, "[]")]
    [InlineData("svc-*", """[{"pubsubname":"pubsub","topic":"agentmesh.mail","route":"/dapr/mail","deadLetterTopic":"agentmesh.mail.dead"}]""")]
    public async Task Production_TakesNothing_UntilItIsSaidWhose(string? from, string subscriptions)
    {
        (string, string)[] settings = [("environment", "Production"), ("APP_API_TOKEN", "a"), ("DAPR_API_TOKEN", "d")];
        await using var host = await HostUnderTest.StartAsync(from is null ? settings : [.. settings, ("AgentMesh:Mail:InboundFrom", from)]);
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri("dapr/subscribe", UriKind.Relative));
        request.Headers.Add("dapr-api-token", "a");
        using var answer = await host.Http.SendAsync(request, TestContext.Current.CancellationToken);
        Assert.Equal(subscriptions, await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task Event_IsSentByTheMailboxOfItsService_OnceForEachEvent()
    {
        await using var host = await HostUnderTest.StartAsync();
        var one = Event("e1", """{"from":"billing","to":["alice","default:bob"],"content":"Your invoice","deadlineSeconds":60,"more":1}""");
        Assert.Equal(Success, await TakeAsync(host, one));
        Assert.Equal(Success, await TakeAsync(host, one));
        // The same id of another source is another event.
        Assert.Equal(Success, await TakeAsync(host, Event("e1", """{"from":"billing","to":"alice","content":"Another"}""", "crm")));
        await HostUnderTest.UntilAsync(async () => (await host.MailAsync(Alice, isSent: false)).Count == 2);
        Assert.Equal(["Another", "Your invoice"], (await host.MailAsync(Alice, isSent: false)).Select(mail => mail.Content));
        Assert.Equal([Alice, "default:bob", Alice], (await host.MailAsync(Billing, isSent: true)).Reverse().Select(mail => mail.To));
        Assert.Equal(TimeSpan.FromSeconds(60), (await host.MailAsync(Billing, isSent: true))[^1] is var mail ? mail.Deadline - mail.SentAt : null);
    }

    [Theory]
    [InlineData("", "invalid_mail")]
    [InlineData("{", "invalid_mail")]
    [InlineData("[]", "invalid_mail")]
    [InlineData("""{"source":"s","data":{"from":"billing","to":"alice","content":"x"}}""", "invalid_mail")]
    [InlineData("""{"id":"e1","data":{"from":"billing","to":"alice","content":"x"}}""", "invalid_mail")]
    [InlineData("""{"id":"e1","source":"s"}""", "invalid_mail")]
    [InlineData("""{"id":"e1","source":"s","data":"text"}""", "invalid_mail")]
    [InlineData("""{"id":"e1","source":"s","data":{"from":"Billing","to":"alice","content":"x"}}""", "invalid_mail")]
    [InlineData("""{"id":"e1","source":"s","data":{"from":"billing","to":"alice","to":"bob","content":"x"}}""", "invalid_mail")]
    [InlineData("""{"id":"e1","source":"s","data":{"from":"billing","to":"alice","content":"\ud800"}}""", "invalid_mail")]
    [InlineData("""{"id":"e1","source":"s","data":{"from":"billing","to":"\ud800","content":"x"}}""", "invalid_mail")]
    [InlineData("""{"id":"e1","source":"s","data":{"from":"billing","to":"alice","content":"x","deadlineSeconds":"60"}}""", "invalid_mail")]
    [InlineData("""{"id":"e1","source":"s","data":{"from":"billing","to":"alice","content":"x","deadlineSeconds":0}}""", "invalid_mail")]
    [InlineData("""{"id":"e1","source":"s","data":{"from":"billing","content":"x"}}""", "invalid_recipient")]
    [InlineData("""{"id":"e1","source":"s","data":{"from":"billing","to":[null],"content":"x"}}""", "invalid_recipient")]
    [InlineData("""{"id":"e1","source":"s","data":{"from":"billing","to":"billing","content":"x"}}""", "invalid_recipient")]
    [InlineData("""{"id":"e1","source":"s","data":{"from":"billing","to":"alice","content":""}}""", "invalid_content")]
    [InlineData("""{"id":"e1","source":"s","data":{"from":"billing","to":"acme:alice","content":"x"}}""", "mail_not_allowed")]
    [InlineData("""{"id":"e1","source":"s","data":{"from":"other","to":"alice","content":"x"}}""", "mail_not_allowed")]
    public async Task WhatIsRefusedForGood_IsDropped_AndTheLogNamesEventAndCodeOnly(string body, string code)
    {
        var log = new ConcurrentQueue<string>();
        await using var host = await HostUnderTest.StartAsync(
            new FakeTimeProvider(), agents => agents.Services.AddLogging(logging => logging.AddProvider(new LogRecorder(log))), ("AgentMesh:Mail:InboundFrom", "billing, svc-*"));
        Assert.Equal(Drop, await TakeAsync(host, body));
        var entry = Assert.Single(log, line => line.Contains("outside service", StringComparison.Ordinal));
        Assert.Contains(code, entry, StringComparison.Ordinal);
        Assert.Contains(body.StartsWith("""{"id":"e1",""", StringComparison.Ordinal) ? "Event e1 " : "Event ? ", entry, StringComparison.Ordinal);
        Assert.Empty(host.State.KeysOf(Alice));
    }

    [Fact]
    public async Task NotUtf8_AndTooLong_AreDropped()
    {
        await using var host = await HostUnderTest.StartAsync();
        Assert.Equal(Drop, await TakeAsync(host, Encoding.Latin1.GetBytes(Event("e1", """{"from":"billing","to":"alice","content":"é"}"""))));
        Assert.Equal(Drop, await TakeAsync(host, new byte[1024 * 1024 + 1]));
    }

    [Fact]
    public async Task KeyOfAnotherMessage_IsDropped()
    {
        await using var host = await HostUnderTest.StartAsync();
        Assert.Equal(Success, await TakeAsync(host, Event("e1", """{"from":"billing","to":"alice","content":"one"}""")));
        Assert.Equal(Drop, await TakeAsync(host, Event("e1", """{"from":"billing","to":"alice","content":"two"}""")));
    }

    [Fact]
    public async Task WhatMayGoWellLater_IsAskedForAgain()
    {
        await using var host = await HostUnderTest.StartAsync(("AgentMesh:Mail:RatePermits", "1"));
        var second = Event("e2", """{"from":"billing","to":"alice","content":"two"}""");
        host.State.BeforeInvoke = _ => Task.FromResult(false);
        Assert.Equal(Retry, await TakeAsync(host, second));
        host.State.BeforeInvoke = null;
        Assert.Equal(Success, await TakeAsync(host, Event("e1", """{"from":"billing","to":"alice","content":"one"}""")));
        Assert.Equal(Retry, await TakeAsync(host, second));
        host.Time.Advance(TimeSpan.FromSeconds(61));
        Assert.Equal(Success, await TakeAsync(host, second));
    }

    [Fact]
    public async Task Tenant_IsTheConfiguredOne()
    {
        await using var host = await HostUnderTest.StartAsync(("AgentMesh:Mail:InboundTenant", "acme"));
        Assert.Equal(Success, await TakeAsync(host, Event("e1", """{"from":"billing","to":"alice","content":"one"}""")));
        await HostUnderTest.UntilAsync(async () => (await host.MailAsync("acme:alice", isSent: false)).Count == 1);
        Assert.Equal("acme:billing", Assert.Single(await host.MailAsync("acme:alice", isSent: false)).From);
    }

    [Theory]
    [InlineData("acme", "*", true)]
    [InlineData("acme", " billing , svc-*", true)]
    [InlineData("acme", "", true)]
    [InlineData("No Tenant", "*", false)]
    [InlineData("", "*", false)]
    [InlineData("acme", "billing, No Body", false)]
    public void Settings_AreChecked(string tenant, string from, bool isValid) =>
        Assert.Equal(isValid, new MailOptions { InboundTenant = tenant, InboundFrom = from }.IsInboundValid);

    [Fact]
    public async Task WithAnAppToken_OnlyTheSidecarDelivers()
    {
        await using var host = await HostUnderTest.StartAsync(("APP_API_TOKEN", "secret"));
        using var subscribe = await host.Http.GetAsync(new Uri("dapr/subscribe", UriKind.Relative), TestContext.Current.CancellationToken);
        using var body = new StringContent(Event("e1", """{"from":"billing","to":"alice","content":"one"}"""));
        using var delivery = await host.Http.PostAsync(new Uri("dapr/mail", UriKind.Relative), body, TestContext.Current.CancellationToken);
        Assert.Equal((HttpStatusCode.Unauthorized, HttpStatusCode.Unauthorized), (subscribe.StatusCode, delivery.StatusCode));
        Assert.Empty(host.State.TakeCalls());
    }

    private static string Event(string id, string data, string source = "billing-service") =>
        $$"""{"id":"{{id}}","source":"{{source}}","specversion":"1.0","type":"com.dapr.event.sent","datacontenttype":"application/json","pubsubname":"pubsub","topic":"agentmesh.mail","data":{{data}}}""";

    private static Task<string> TakeAsync(HostUnderTest host, string body) => TakeAsync(host, Encoding.UTF8.GetBytes(body));

    private static async Task<string> TakeAsync(HostUnderTest host, byte[] body)
    {
        using var content = new ByteArrayContent(body) { Headers = { ContentType = new MediaTypeHeaderValue("application/cloudevents+json") } };
        using var answer = await host.Http.PostAsync(new Uri("dapr/mail", UriKind.Relative), content, TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        return await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
    }
}
