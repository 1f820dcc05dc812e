using System.Text.Json;

namespace AgentMesh.EndToEnd;

/// <summary>Three agents whose models pass on to the next whatever they get.</summary>
[Collection(nameof(CallingMeshes))]
public sealed class MailLoopTests(CallingMeshes meshes)
{
    /// <summary>The default of <c>AgentMesh__Mail__MaxHops</c>.</summary>
    private const int MaxHops = 8;

    [Fact]
    public async Task Loop_StopsAtTheHopLimit()
    {
        var mesh = await meshes.OnAsync(StoreKind.Embedded);
        using var mail = new MailClient(mesh.Ready.Gateway);
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        limit.CancelAfter(TimeSpan.FromSeconds(60));
        string[] names = ["loop-alice", "loop-bob", "loop-carol"];
        foreach (var name in names)
            await mail.SetPolicyAsync(name, "answer", limit.Token);
        await mail.SendAsync(names[2], "first", new { to = names[0], content = $"ring {string.Join(' ', names)}" }, limit.Token);

        // Each hop is a message and, later, its answer.
        List<JsonElement> passed;
        while (true)
        {
            var sent = await Task.WhenAll(names.Select(name => mail.ReadAsync(name, "outbox", limit.Token)));
            passed = [.. sent.SelectMany(outbox => outbox).Where(message => !MailClient.IsAnswer(message))];
            if (sent.Sum(outbox => outbox.Count) == 2 * MaxHops && sent.All(outbox => outbox.All(message => message.GetProperty("state").GetString() == "delivered")))
                break;
            await Task.Delay(100, limit.Token);
        }

        Assert.Equal(MaxHops, passed.Count);
        Assert.Equal(Enumerable.Range(1, MaxHops), passed.Select(message => message.GetProperty("via").GetArrayLength()).Order());
        // The last one's model was told why it could not send it on.
        var answers = (await Task.WhenAll(names.Select(name => mail.ReadAsync(name, "inbox", limit.Token)))).SelectMany(inbox => inbox).Where(MailClient.IsAnswer);
        Assert.Contains("AgentMesh__Mail__MaxHops", Assert.Single(answers, answer => answer.GetProperty("content").GetString()!.Contains("Not sent", StringComparison.Ordinal)).GetProperty("content").GetString(), StringComparison.Ordinal);
    }
}
