using System.Net;
using System.Net.Sockets;
using System.Text;
using AgentMesh.ActorHost.Outgoing;
using AgentMesh.ServiceDefaults.Outgoing;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;

namespace AgentMesh.ActorHost.Tests.Outgoing;

/// <summary>Real sockets to a real server, by names that a double resolves.</summary>
public sealed class OutgoingClientTests
{
    [Fact]
    public async Task Call_CarriesNothingButItsOwn()
    {
        await using var server = await Server.StartAsync(context => context.Response.WriteAsync(string.Join(
            '\n', context.Request.Headers.Where(header => header.Key != "Host").Select(header => $"{header.Key}: {header.Value}").Order(StringComparer.Ordinal))));
        using var activity = new System.Diagnostics.Activity("caller").Start();
        var answer = await server.SendAsync(server.Call("/") with { Method = "POST", Body = "{}"u8.ToArray(), ContentType = "application/json", IdempotencyKey = "k1" });
        Assert.Equal(
            "Accept-Encoding: identity\nAccept: */*\nContent-Length: 2\nContent-Type: application/json\nIdempotency-Key: k1\nUser-Agent: AgentMesh/1.0",
            Encoding.UTF8.GetString(answer.Value!.Body.Span));
    }

    [Theory]
    [InlineData(302, "POST", "GET")]
    [InlineData(303, "PUT", "GET")]
    [InlineData(307, "POST", "POST")]
    [InlineData(308, "PUT", "PUT")]
    public async Task Redirects_AreFollowedThreeTimes(int status, string method, string last)
    {
        await using var server = await Server.StartAsync(context => Count(context) is var n and > 0
            ? Redirect(context, status, $"/{n - 1}") : context.Response.WriteAsync($"{context.Request.Method} {context.Request.ContentLength}"));
        var call = server.Call("/3") with { Method = method, Body = "body"u8.ToArray() };
        var answer = (await server.SendAsync(call)).Value!;
        Assert.Equal((last == "GET" ? "GET " : $"{last} 4", "/0"), (Encoding.UTF8.GetString(answer.Body.Span), answer.Url.AbsolutePath));
        Assert.Equal("url_answer_unusable", (await server.SendAsync(call with { Url = server.Url("/4") })).Refusal!.Code);
    }

    [Fact]
    public async Task Redirect_ToAnAddressThatMayNotBeCalled_IsNotFollowed()
    {
        await using var server = await Server.StartAsync(context => Redirect(context, 302, "http://metadata.example/latest"));
        server.Resolver["metadata.example"] = [IPAddress.Parse("169.254.169.254")];
        Assert.Equal("url_not_allowed", (await server.SendAsync(server.Call("/"))).Refusal!.Code);
    }

    /// <summary>The payment would go to whoever the redirect names.</summary>
    [Fact]
    public async Task PaidCall_FollowsNoRedirect()
    {
        await using var server = await Server.StartAsync(context => Redirect(context, 307, "/elsewhere"));
        var answer = await server.SendAsync(server.Call("/") with { Payment = new PaymentHeader("PAYMENT-SIGNATURE", "money") });
        Assert.Equal(307, answer.Value!.Status);
        Assert.Equal(1, server.Calls);
    }

    /// <summary>The name is asked for once for a connection: what was looked at is what is connected to.</summary>
    [Fact]
    public async Task NameThatChangesItsAddress_IsAskedOnce_AndEachCallLooksAnew()
    {
        await using var server = await Server.StartAsync(context => context.Response.WriteAsync("inside"));
        server.Resolver.Then("shop.example", [IPAddress.Loopback], [IPAddress.Parse("127.0.0.9")]);
        // The loopback address and this port are allowed, the other one is not.
        var call = new OutgoingCall(new Uri($"http://shop.example:{server.Port}/"), "GET", null, null);
        Assert.Equal("inside", Encoding.UTF8.GetString((await server.SendAsync(call)).Value!.Body.Span));
        Assert.Equal(1, server.Resolver.Asked);
        Assert.Equal("url_not_allowed", (await server.SendAsync(call)).Refusal!.Code);
        Assert.Equal((2, 1), (server.Resolver.Asked, server.Calls));
    }

    [Theory]
    [InlineData("127.0.0.1")]
    [InlineData("10.0.0.1")]
    [InlineData("::1")]
    [InlineData("::ffff:192.168.0.1")]
    public async Task HostWithOneAddressThatMayNotBeCalled_IsNotCalledAtAll(string address)
    {
        await using var server = await Server.StartAsync(context => context.Response.WriteAsync("never"), allow: "");
        server.Resolver["shop.example"] = [IPAddress.Parse("203.0.114.1"), IPAddress.Parse(address)];
        Assert.Equal("url_not_allowed", (await server.SendAsync(new OutgoingCall(new Uri($"http://shop.example:{server.Port}/"), "GET", null, null))).Refusal!.Code);
        Assert.Equal(0, server.Calls);
    }

    [Theory]
    [InlineData(OutgoingOptions.MaxAnswerBytes, true)]
    [InlineData(OutgoingOptions.MaxAnswerBytes + 1, false)]
    public async Task Answer_HasALongestLength_WhateverItSaysOfIt(int bytes, bool isTaken)
    {
        await using var server = await Server.StartAsync(async context =>
        {
            // With its length, or in pieces without one.
            if (context.Request.Path == "/length")
                context.Response.ContentLength = bytes;
            for (var left = bytes; left > 0; left -= 65536)
                await context.Response.Body.WriteAsync(new byte[Math.Min(left, 65536)], context.RequestAborted);
        });
        foreach (var path in (string[])["/length", "/pieces"])
        {
            var answer = await server.SendAsync(server.Call(path));
            Assert.Equal(isTaken ? null : "url_answer_unusable", answer.Refusal?.Code);
            Assert.Equal(isTaken ? bytes : null, answer.Value?.Body.Length);
        }
    }

    [Fact]
    public async Task Answer_HasItsTime()
    {
        var reached = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var server = await Server.StartAsync(async context =>
        {
            await context.Response.WriteAsync("half", context.RequestAborted);
            reached.SetResult();
            await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, context.RequestAborted);
        });
        var sending = server.SendAsync(server.Call("/"));
        await reached.Task.WaitAsync(TimeSpan.FromSeconds(20), TestContext.Current.CancellationToken);
        server.Time.Advance(TimeSpan.FromSeconds(30));
        Assert.Equal("url_timed_out", (await sending.WaitAsync(TimeSpan.FromSeconds(20), TestContext.Current.CancellationToken)).Refusal!.Code);
    }

    [Fact]
    public async Task NameWithoutAddress_AndPortWithoutServer_AreSaid()
    {
        await using var server = await Server.StartAsync(context => context.Response.WriteAsync("never"));
        Assert.Equal("url_unreachable", (await server.SendAsync(new OutgoingCall(new Uri("http://nobody.example/"), "GET", null, null))).Refusal!.Code);
        using var taken = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        // Bound and not listening: nobody else gets it, and nobody answers.
        taken.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        await using var other = await Server.StartAsync(context => context.Response.WriteAsync("never"), allow: $"127.0.0.1:{((IPEndPoint)taken.LocalEndPoint!).Port}");
        var call = new OutgoingCall(new Uri($"http://127.0.0.1:{((IPEndPoint)taken.LocalEndPoint!).Port}/"), "GET", null, null);
        Assert.Equal("url_unreachable", (await other.SendAsync(call)).Refusal!.Code);
    }

    private static int Count(HttpContext context) => int.Parse(context.Request.Path.Value![1..], System.Globalization.CultureInfo.InvariantCulture);

    private static Task Redirect(HttpContext context, int status, string location)
    {
        context.Response.StatusCode = status;
        context.Response.Headers.Location = location;
        return Task.CompletedTask;
    }

    /// <summary>A server on this machine, and a client that may call it.</summary>
    private sealed class Server : IAsyncDisposable
    {
        private readonly WebApplication _app;
        private readonly OutgoingClient _client;
        private int _calls;

        private Server(WebApplication app, string? allow)
        {
            _app = app;
            Port = new Uri(app.Urls.Single()).Port;
            OutgoingAllowList.TryParse(allow ?? $"127.0.0.1:{Port}", [], out var list, out _);
            var rules = new OutgoingRules(list);
            _client = new OutgoingClient(new GuardedConnector(Resolver, rules), rules, new OutgoingOptions(), Time);
        }

        public int Port { get; }

        public int Calls => _calls;

        public FakeResolver Resolver { get; } = new();

        public FakeTimeProvider Time { get; } = new();

        public static async Task<Server> StartAsync(RequestDelegate answer, string? allow = null)
        {
            var builder = WebApplication.CreateSlimBuilder();
            builder.Logging.ClearProviders();
            builder.WebHost.UseUrls("http://127.0.0.1:0");
            var app = builder.Build();
            Server? server = null;
            app.Run(context =>
            {
                Interlocked.Increment(ref server!._calls);
                return answer(context);
            });
            await app.StartAsync(TestContext.Current.CancellationToken);
            return server = new Server(app, allow);
        }

        public Uri Url(string path) => new($"http://127.0.0.1:{Port}{path}");

        public OutgoingCall Call(string path) => new(Url(path), "GET", null, null);

        public Task<Primitives.Result<OutgoingAnswer>> SendAsync(OutgoingCall call) => _client.SendAsync(call, TestContext.Current.CancellationToken);

        public async ValueTask DisposeAsync()
        {
            _client.Dispose();
            await _app.DisposeAsync();
        }
    }
}
