using System.Globalization;
using System.Net.Http.Json;
using System.Text.Json;

namespace AgentMesh.EndToEnd;

/// <summary>
/// An agent lets others spend of its budget, models answer that cost something, and the agents' processes are killed while they write. The long form is
/// <c>AGENTMESH_LONG=1 AGENTMESH_MAIL_KILLS=20 AGENTMESH_SEED=1 dotnet test --project tests/AgentMesh.EndToEnd -- --filter-class '*MailMoneyTests'</c>.
/// </summary>
[Collection(nameof(PricedMeshes))]
public sealed class MailMoneyTests(PricedMeshes meshes)
{
    private const int Delegates = 4;
    private const int Errands = 5;

    /// <summary>Micro-USD. Less than what an errand may cost at most by its tokens, more than one costs.</summary>
    private const long Budget = 1_500;

    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(4);

    [Theory]
    [InlineData(StoreKind.Embedded)]
    [InlineData(StoreKind.Redis)]
    public async Task Delegates_NeverSpendMoreThanTheyWereGiven_WhereverTheyAreKilled(StoreKind kind)
    {
        LongForm.UnlessOn(kind, StoreKind.Redis);
        var kills = LongForm.Number("AGENTMESH_MAIL_KILLS", 2);
        var seed = LongForm.Number("AGENTMESH_SEED", Environment.TickCount & 0xffff);
        TestContext.Current.TestOutputHelper!.WriteLine($"AGENTMESH_MAIL_KILLS={kills} AGENTMESH_SEED={seed}");
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        limit.CancelAfter(Patience);
        var cancellationToken = limit.Token;
        var mesh = await meshes.OnAsync(kind);
        using var mail = new MailClient(mesh.Ready.Gateway);
        using var client = new AgentClient(mesh.Ready.Gateway);
        for (var n = 0; n < Delegates; n++)
        {
            await mail.SetPolicyAsync($"delegate-{n}", "answer", cancellationToken);
            // Of its own it may spend nothing.
            await SetLimitAsync(client, $"delegate-{n}", 0, cancellationToken);
        }

        await SetLimitAsync(client, "paying-alice", Budget * Delegates * Errands, cancellationToken);
        for (var n = 0; n < Delegates * Errands; n++)
        {
            await mail.SendAsync(
                "paying-alice", $"errand-{n}", new { to = $"delegate-{n % Delegates}", content = $"Errand {n}.", budget = new { asset = "USD", amount = $"{Budget}" } }, cancellationToken);
        }

        var random = new Random(seed);
        for (var kill = 0; kill < kills; kill++)
        {
            // The moment is what is random here: somewhere in a turn of some 300 ms.
            await Task.Delay(random.Next(50, 1500), cancellationToken);
            await mesh.ReplaceAsync(mesh.Ready.Apps.Where(app => app.Id == "agents").ElementAt(kill % 2));
        }

        List<JsonElement> answers;
        while ((answers = await mail.ReadAsync("paying-alice", "inbox", cancellationToken)).Count < Delegates * Errands)
            await Task.Delay(200, cancellationToken);
        Assert.Equal(Delegates * Errands, answers.Select(answer => answer.GetProperty("inReplyTo").GetString()).Distinct().Count());
        var spent = answers.Select(answer => long.Parse(answer.GetProperty("spent").GetProperty("amount").GetString()!, CultureInfo.InvariantCulture)).ToList();
        Assert.All(spent, one => Assert.InRange(one, 0, Budget));
        Assert.InRange(spent.Sum(), 1, Budget * Delegates * Errands);
        // What the model server was asked costs at least what was answered; what counts is at most what was given.
        var limits = await LimitAsync(client, "paying-alice", cancellationToken);
        Assert.Equal((spent.Sum(), 0L), limits);
        for (var n = 0; n < Delegates; n++)
            Assert.Equal((0L, 0L), await LimitAsync(client, $"delegate-{n}", cancellationToken));
        TestContext.Current.TestOutputHelper!.WriteLine($"{spent.Count} errands cost {spent.Sum()} of {Budget * spent.Count} micro-USD; the dearest {spent.Max()} of {Budget}.");
    }

    private static async Task SetLimitAsync(AgentClient client, string user, long microUsd, CancellationToken cancellationToken)
    {
        using var answer = await client.Http.PutAsJsonAsync(
            $"/agent/{user}/budget", new { limits = new[] { new { scope = "agent", asset = "USD", window = "once", limit = $"{microUsd}" } } }, cancellationToken);
        answer.EnsureSuccessStatusCode();
    }

    private static async Task<(long Posted, long Held)> LimitAsync(AgentClient client, string user, CancellationToken cancellationToken)
    {
        var budget = await client.Http.GetFromJsonAsync<JsonElement>($"/agent/{user}/budget", cancellationToken);
        var usd = budget.GetProperty("limits").EnumerateArray().Single(limit => limit.GetProperty("asset").GetString() == "USD");
        return (Amount(usd, "posted"), Amount(usd, "held"));
    }

    private static long Amount(JsonElement limit, string name) => long.Parse(limit.GetProperty(name).GetString()!, CultureInfo.InvariantCulture);
}
