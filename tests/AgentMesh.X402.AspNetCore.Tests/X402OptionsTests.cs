using AgentMesh.X402.Networks;

namespace AgentMesh.X402.AspNetCore.Tests;

public sealed class X402OptionsTests
{
    public static TheoryData<string, string> Wrongs => new()
    {
        { "PayTo", "" },
        { "PayTo", "0x0000000000000000000000000000000000000000" },
        { "PayTo", "0x1343558B1e48Ee16260e386DBEE4693902DB77c4" },
        { "Tokens", "0" },
        { "Tokens", "17" },
        { "FacilitatorUrl", "" },
        { "FacilitatorUrl", "ftp://facilitator.example" },
        { "RpcUrl", "ftp://node.example" },
        { "PublicUrl", "" },
        { "PublicUrl", "shop.example" },
        { "PublicUrl", "https://shop.example/path" },
        { "MaxTimeoutSeconds", "9" },
        { "MaxTimeoutSeconds", "3601" },
        { "MaxValiditySeconds", "59" },
        { "SettleReserveSeconds", "5" },
        { "MaxAnswerBytes", "0" },
        { "MaxClaims", "0" },
    };

    [Fact]
    public void OptionsThatAreComplete_AreTaken() => Assert.True(new X402OptionsValidator().Validate(null, Create()).Succeeded);

    [Theory]
    [MemberData(nameof(Wrongs))]
    public void AWrongOption_IsNamed(string name, string value)
    {
        var options = Create();
        switch (name)
        {
            case "Tokens":
                options.Tokens.Clear();
                for (var token = 0; token < int.Parse(value, null); token++)
                    options.Tokens.Add(KnownAssets.UsdcOnBase);
                break;
            case "RpcUrl":
                options.RpcUrl = new Uri(value);
                break;
            case "FacilitatorUrl":
                options.FacilitatorUrl = value.Length == 0 ? null : new Uri(value);
                break;
            default:
                var property = typeof(X402Options).GetProperty(name)!;
                property.SetValue(options, Convert.ChangeType(value, property.PropertyType, null));
                break;
        }

        var result = new X402OptionsValidator().Validate(null, options);
        Assert.StartsWith($"X402: {name} ", result.Failures!.First(), StringComparison.Ordinal);
    }

    private static X402Options Create()
    {
        var options = new X402Options
        {
            PayTo = "0x1343558b1e48Ee16260e386DBEE4693902DB77c4",
            FacilitatorUrl = new Uri("https://facilitator.example/x402"),
            PublicUrl = "https://shop.example",
        };
        options.Tokens.Add(KnownAssets.UsdcOnBaseSepolia);
        return options;
    }
}
