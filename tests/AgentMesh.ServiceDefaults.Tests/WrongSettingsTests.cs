using Microsoft.AspNetCore.Builder;

namespace AgentMesh.ServiceDefaults.Tests;

/// <summary>A service with settings that it cannot work with says so and ends; it does not crash.</summary>
public sealed class WrongSettingsTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task WrongSettings_EndTheServiceWithOne(int count)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.AddServiceDefaults();
        builder.Services.AddCheckedOptions<First>("First").Validate(_ => false, "The first is wrong.");
        if (count == 2)
            builder.Services.AddCheckedOptions<Second>("Second").Validate(_ => false, "The second is wrong.");
        await using var app = builder.Build();
        Assert.Equal(1, await app.RunServiceAsync());
    }

    private sealed class First;

    private sealed class Second;
}
