using AgentMesh.Conformance.Targets;

namespace AgentMesh.Conformance.Actors.State;

/// <summary>
/// What daprd and state.redis make of numbers: float64, then six decimals (json-iterator's fastest profile). The local sidecar keeps what
/// was written, and rounds alike with <c>--state-fidelity daprd</c>.
/// </summary>
public sealed class Numbers(Meshes meshes)
{
    [Theory]
    [OnEveryTarget("0.1234567891", "0.123457")]
    [OnEveryTarget("19.999999999", "20")]
    [OnEveryTarget("-1.0000004", "-1")]
    [OnEveryTarget("0.0000001", "0")]
    [OnEveryTarget("1e-9", "0")]
    [OnEveryTarget("1234.56", "1234.56")]
    [OnEveryTarget("12345678", "12345678")]
    [OnEveryTarget("123456789.123456789", "123456789.12345679")]
    [OnEveryTarget("9007199254740993", "9007199254740992")]
    [OnEveryTarget("123456789012345678", "123456789012345680")]
    public async Task Number_IsRounded(Target target, string written, string stored)
    {
        var actor = (await meshes.FlaggedAsync(target)).App.Actor();
        await actor.ActivateAsync();
        (await actor.TransactAsync($$"""[{"operation":"upsert","request":{"key":"k","value":{{written}} } }]""")).Is(204);
        (await actor.GetAsync("k")).Is(200, stored);
    }

    [Theory]
    [OnEveryTarget("0.1234567891", "0.123457")]
    [OnEveryTarget("9007199254740993", "9007199254740992")]
    public async Task Number_WithoutTheOption(Target target, string written, string daprd)
    {
        var stored = new Expected<string>(daprd, written, "a value comes back as it was written");
        var actor = (await meshes.SharedAsync(target)).App.Actor();
        await actor.ActivateAsync();
        (await actor.TransactAsync($$"""[{"operation":"upsert","request":{"key":"k","value":{{written}} } }]""")).Is(204);
        (await actor.GetAsync("k")).Is(200, stored.Of(target));
    }
}
