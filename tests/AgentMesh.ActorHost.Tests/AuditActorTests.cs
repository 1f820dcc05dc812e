using System.Net;
using System.Net.Http.Json;
using AgentMesh.Agents.Audit;
using AgentMesh.Contracts;
using AgentMesh.Contracts.Audit;
using AgentMesh.Primitives;
using AgentMesh.Primitives.Audit;
using AgentMesh.Testing;

namespace AgentMesh.ActorHost.Tests;

/// <summary>A tenant's audit chain over the records and calls that a sidecar sees.</summary>
public sealed class AuditActorTests
{
    [Fact]
    public async Task Chain_IsThereAfterDeactivation_AndVerifies_OverSeveralPages()
    {
        await using var host = await HostUnderTest.StartAsync();
        // Three pages, the last with one record.
        for (var n = 1; n <= AuditLimits.PageRecords; n++)
        {
            host.Time.Advance(TimeSpan.FromSeconds(1));
            var intent = (await BeginAsync(host, n)).Value!.Intent;
            Assert.Equal(2 * n - 1, intent);
            await EndAsync(host, intent, "200");
        }

        await BeginAsync(host, 0);
        Assert.Equal(["audit", "audit:0", "audit:1", "audit:2"], host.State.KeysOf("acme"));
        using (await host.Http.DeleteAsync(new Uri("actors/AuditActor/acme", UriKind.Relative), TestContext.Current.CancellationToken))
        {
            var verifier = new AuditVerifier(TenantId.Parse("acme"), null);
            for (long after = 0; ;)
            {
                var part = (await ReadAsync(host, after, 40)).Value!;
                Assert.All(part.Records, record => Assert.Null(verifier.Check(record)));
                if (part.Records.Count == 0)
                {
                    Assert.Null(verifier.CheckEnd(new AuditHead(part.HeadNumber, part.HeadHash)));
                    break;
                }

                after = part.Records[^1].Number;
            }

            Assert.Equal((65, 1), (verifier.Count, verifier.Open));
        }
    }

    [Fact]
    public async Task Record_AndHead_AreOneTransaction_OfTheLastPage()
    {
        await using var host = await HostUnderTest.StartAsync();
        for (var n = 1; n <= AuditLimits.PageRecords; n++)
            await BeginAsync(host, n);
        host.State.TakeCalls();
        await BeginAsync(host, 0);
        Assert.Single(host.State.TakeCalls(), call => call.StartsWith("PUT", StringComparison.Ordinal) || call.StartsWith("POST", StringComparison.Ordinal));
        Assert.Equal(["audit", "audit:0", "audit:1"], host.State.KeysOf("acme"));
    }

    /// <summary>Whatever was lost: the request, the answer, or what was to be stored.</summary>
    [Theory]
    [InlineData(FailedPut.BeforeStoring)]
    [InlineData(FailedPut.AfterStoring)]
    public async Task RepeatOfALostCall_IsOneRecord(FailedPut failure)
    {
        await using var host = await HostUnderTest.StartAsync();
        foreach (var (method, body) in new (string, Func<HttpContent>)[]
        {
            (nameof(IAuditActor.BeginAction), () => JsonContent.Create(Action(1), ContractsJson.Default.BeginAction)),
            (nameof(IAuditActor.EndAction), () => JsonContent.Create(new EndAction(1, null, "200"), ContractsJson.Default.EndAction)),
        })
        {
            host.State.FailNextPut = failure;
            using (var content = body())
            using (var lost = await host.Http.PutAsync(new Uri($"actors/AuditActor/acme/method/{method}", UriKind.Relative), content, TestContext.Current.CancellationToken))
                Assert.Equal(HttpStatusCode.InternalServerError, lost.StatusCode);
            Assert.Equal(1, (await host.CallAuditAsync("acme", method, body(), ContractsJson.Default.ReplyBegunAction)).Value!.Intent);
        }

        var part = (await ReadAsync(host, 0, 100)).Value!;
        Assert.Equal([(1, null, null), (2, 1, "200")], part.Records.Select(record => (record.Number, record.Intent, record.Outcome)));
        Assert.Equal((2, part.Records[1].Hash), (part.HeadNumber, part.HeadHash));
    }

    [Fact]
    public async Task Tenants_HaveChainsOfTheirOwn()
    {
        await using var host = await HostUnderTest.StartAsync();
        await BeginAsync(host, 1);
        var other = (await ReadAsync(host, 0, 100, "default")).Value!;
        Assert.Empty(other.Records);
        Assert.Equal(AuditHead.Empty, new AuditHead(other.HeadNumber, other.HeadHash));
        Assert.Equal("invalid_limit", (await ReadAsync(host, 0, 101)).Refusal!.Code);
    }

    private static BeginAction Action(int n) => new($"r{n}", "user:acme/ops", "agent.freeze", "userId=alice");

    private static Task<Reply<BegunAction>> BeginAsync(HostUnderTest host, int n) => host.CallAuditAsync(
        "acme", nameof(IAuditActor.BeginAction), JsonContent.Create(Action(n), ContractsJson.Default.BeginAction), ContractsJson.Default.ReplyBegunAction);

    private static Task<Reply<BegunAction>> EndAsync(HostUnderTest host, long intent, string outcome) => host.CallAuditAsync(
        "acme", nameof(IAuditActor.EndAction), JsonContent.Create(new EndAction(intent, null, outcome), ContractsJson.Default.EndAction), ContractsJson.Default.ReplyBegunAction);

    private static Task<Reply<AuditPart>> ReadAsync(HostUnderTest host, long after, int limit, string tenant = "acme") => host.CallAuditAsync(
        tenant, nameof(IAuditActor.ReadAudit), JsonContent.Create(new ReadAudit(after, limit), ContractsJson.Default.ReadAudit), ContractsJson.Default.ReplyAuditPart);
}
