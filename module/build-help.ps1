<#
.SYNOPSIS
    Writes the module's MAML help from docs/cmdlets and the documentation comments of the cmdlets.
.DESCRIPTION
    docs/cmdlets/NAME.md holds what a person writes: the description, examples with their output, what comes back, the errors.
    The synopsis and the parameters come from the XML documentation of the built assembly, the syntax from Get-Command.
    Run it after a change of either and commit the result; a Pester test checks that every cmdlet and parameter has its text.
.PARAMETER Module
    The staged module.
.PARAMETER Documentation
    The XML documentation file of the cmdlets' assembly.
#>
[CmdletBinding()]
param(
    [string] $Module = "$PSScriptRoot/../artifacts/module/ContainerChaos/ContainerChaos.psd1",
    [string] $Documentation = "$PSScriptRoot/../src/ContainerChaos.PowerShell/bin/Release/net10.0/ContainerChaos.PowerShell.xml",
    [string] $Pages = "$PSScriptRoot/../docs/cmdlets",
    [string] $OutputPath = "$PSScriptRoot/ContainerChaos/en-US/ContainerChaos.PowerShell.dll-Help.xml"
)
$ErrorActionPreference = 'Stop'
Import-Module $Module
$mamlSpace = 'http://schemas.microsoft.com/maml/2004/10'
$commandSpace = 'http://schemas.microsoft.com/maml/dev/command/2004/10'
$devSpace = 'http://schemas.microsoft.com/maml/dev/2004/10'
$documents = @{}
foreach ($member in ([xml](Get-Content -Raw $Documentation)).doc.members.member) {
    $text = $member.SelectSingleNode('summary').InnerXml -replace '<see cref="[^"]*?(\w+)"\s*/>', '$1' -replace '<[^>]+>' -replace '\s+', ' '
    $documents[$member.name] = [Net.WebUtility]::HtmlDecode($text).Trim()
}

function Get-ParameterText($Command, $Parameter) {
    $standard = @{ WhatIf = 'Say what would be done, and do nothing.'; Confirm = 'Ask before each step.' }
    if ($standard[$Parameter.Name]) { return $standard[$Parameter.Name] }
    $property = $Command.ImplementingType.GetProperty($Parameter.Name)
    $documents["P:$($property.DeclaringType.FullName).$($Parameter.Name)"]
}

function Read-Page([string] $Path) {
    # Sections by heading; examples by their third-level heading.
    $page = @{ Description = ''; Outputs = ''; Errors = ''; Related = ''; Examples = [Collections.Generic.List[hashtable]]::new() }
    $section = $null
    foreach ($line in (Get-Content $Path)) {
        switch -Regex ($line) {
            '^## (\w+)' { $section = $Matches[1]; continue }
            '^### (.+)' { $page.Examples.Add(@{ Title = $Matches[1]; Code = @() }); continue }
            '^```' { continue }
            default {
                if ($section -eq 'Examples') { if ($page.Examples.Count) { $page.Examples[-1].Code += $line } }
                elseif ($section -and $page.ContainsKey($section)) { $page[$section] += "$line`n" }
            }
        }
    }
    $page
}

function Write-Paragraphs($Writer, [string] $Text) {
    foreach ($paragraph in $Text.Trim() -split '\n\s*\n|\n(?=- )') { $Writer.WriteElementString('maml', 'para', $mamlSpace, ($paragraph -replace '^- ' -replace '`' -replace '\s*\n', ' ').Trim()) }
}

function Write-Parameter($Writer, $Command, $Parameter, $Set, [switch] $InSyntax) {
    $Writer.WriteStartElement('command', 'parameter', $commandSpace)
    $pipeline = @(if ($Set.ValueFromPipeline) { 'ByValue' }; if ($Set.ValueFromPipelineByPropertyName) { 'ByPropertyName' })
    $globbing = [bool]($Parameter.Attributes | Where-Object TypeId -EQ ([Management.Automation.SupportsWildcardsAttribute]))
    $Writer.WriteAttributeString('required', "$([bool]$Set.IsMandatory)".ToLowerInvariant())
    $Writer.WriteAttributeString('globbing', "$globbing".ToLowerInvariant())
    $Writer.WriteAttributeString('pipelineInput', $pipeline ? "True ($($pipeline -join ', '))" : 'False')
    $Writer.WriteAttributeString('position', $Set.Position -ge 0 ? "$($Set.Position)" : 'named')
    $Writer.WriteAttributeString('aliases', $Parameter.Aliases ? $Parameter.Aliases -join ', ' : 'none')
    $Writer.WriteElementString('maml', 'name', $mamlSpace, $Parameter.Name)
    $Writer.WriteStartElement('maml', 'description', $mamlSpace)
    Write-Paragraphs $Writer (Get-ParameterText $Command $Parameter)
    $Writer.WriteEndElement()
    $type = $Parameter.ParameterType
    if (-not ($InSyntax -and $type -eq [switch])) {
        $Writer.WriteStartElement('command', 'parameterValue', $commandSpace)
        $Writer.WriteAttributeString('required', "$($type -ne [switch])".ToLowerInvariant())
        # Short for PowerShell's own types; without the assembly for the module's.
        $short = [Microsoft.PowerShell.ToStringCodeMethods]::Type($type)
        $Writer.WriteString($short.Contains(',') ? $type.Name : $short)
        $Writer.WriteEndElement()
    }
    $Writer.WriteEndElement()
}

$common = [Management.Automation.Cmdlet]::CommonParameters
$settings = [Xml.XmlWriterSettings]@{ Indent = $true; Encoding = [Text.UTF8Encoding]::new($false); NewLineChars = "`n" }
New-Item -ItemType Directory -Force (Split-Path $OutputPath) | Out-Null
$writer = [Xml.XmlWriter]::Create($OutputPath, $settings)
$writer.WriteStartElement('helpItems', 'http://msh')
$writer.WriteAttributeString('schema', 'maml')
foreach ($command in Get-Command -Module ContainerChaos -CommandType Cmdlet | Sort-Object Name) {
    $page = Read-Page (Join-Path $Pages "$($command.Name).md")
    $writer.WriteStartElement('command', 'command', $commandSpace)
    $writer.WriteAttributeString('xmlns', 'maml', 'http://www.w3.org/2000/xmlns/', $mamlSpace)
    $writer.WriteAttributeString('xmlns', 'dev', 'http://www.w3.org/2000/xmlns/', $devSpace)

    $writer.WriteStartElement('command', 'details', $commandSpace)
    $writer.WriteElementString('command', 'name', $commandSpace, $command.Name)
    $writer.WriteElementString('command', 'verb', $commandSpace, $command.Verb)
    $writer.WriteElementString('command', 'noun', $commandSpace, $command.Noun)
    $writer.WriteStartElement('maml', 'description', $mamlSpace)
    Write-Paragraphs $writer $documents["T:$($command.ImplementingType.FullName)"]
    $writer.WriteEndElement()
    $writer.WriteEndElement()

    $writer.WriteStartElement('maml', 'description', $mamlSpace)
    Write-Paragraphs $writer $page.Description
    $writer.WriteEndElement()

    $writer.WriteStartElement('command', 'syntax', $commandSpace)
    foreach ($set in $command.ParameterSets) {
        $writer.WriteStartElement('command', 'syntaxItem', $commandSpace)
        $writer.WriteElementString('maml', 'name', $mamlSpace, $command.Name)
        foreach ($one in $set.Parameters | Where-Object Name -NotIn $common | Sort-Object { $_.Position -lt 0 ? 99 : $_.Position }) {
            Write-Parameter $writer $command $command.Parameters[$one.Name] $one -InSyntax
        }
        $writer.WriteEndElement()
    }
    $writer.WriteEndElement()

    $writer.WriteStartElement('command', 'parameters', $commandSpace)
    foreach ($parameter in $command.Parameters.Values | Where-Object Name -NotIn $common | Sort-Object Name) {
        $set = $command.ParameterSets.Parameters | Where-Object Name -EQ $parameter.Name | Select-Object -First 1
        Write-Parameter $writer $command $parameter $set
    }
    $writer.WriteEndElement()

    $writer.WriteStartElement('command', 'returnValues', $commandSpace)
    $writer.WriteStartElement('command', 'returnValue', $commandSpace)
    $writer.WriteStartElement('dev', 'type', $devSpace)
    $writer.WriteElementString('maml', 'name', $mamlSpace, $command.OutputType ? ($command.OutputType.Name -join ', ') : 'None')
    $writer.WriteEndElement()
    $writer.WriteStartElement('maml', 'description', $mamlSpace)
    Write-Paragraphs $writer $page.Outputs
    $writer.WriteEndElement()
    $writer.WriteEndElement()
    $writer.WriteEndElement()

    $writer.WriteStartElement('maml', 'alertSet', $mamlSpace)
    $writer.WriteElementString('maml', 'title', $mamlSpace, 'Errors')
    $writer.WriteStartElement('maml', 'alert', $mamlSpace)
    $writer.WriteElementString('maml', 'para', $mamlSpace, 'Errors, by the first part of FullyQualifiedErrorId:')
    foreach ($line in $page.Errors.Trim() -split '\n' -match '^- ') { $writer.WriteElementString('maml', 'para', $mamlSpace, ($line -replace '^- ' -replace '[`*]')) }
    $writer.WriteEndElement()
    $writer.WriteEndElement()

    $writer.WriteStartElement('command', 'examples', $commandSpace)
    foreach ($example in $page.Examples) {
        $writer.WriteStartElement('command', 'example', $commandSpace)
        $writer.WriteElementString('maml', 'title', $mamlSpace, $example.Title)
        $writer.WriteElementString('dev', 'code', $devSpace, ($example.Code -join "`n").Trim())
        $writer.WriteStartElement('dev', 'remarks', $devSpace)
        $writer.WriteElementString('maml', 'para', $mamlSpace, '')
        $writer.WriteEndElement()
        $writer.WriteEndElement()
    }
    $writer.WriteEndElement()

    $writer.WriteStartElement('command', 'relatedLinks', $commandSpace)
    foreach ($link in [regex]::Matches($page.Related, '\[([^\]]+)\]').ForEach({ $_.Groups[1].Value })) {
        $writer.WriteStartElement('maml', 'navigationLink', $mamlSpace)
        $writer.WriteElementString('maml', 'linkText', $mamlSpace, $link)
        $writer.WriteElementString('maml', 'uri', $mamlSpace, '')
        $writer.WriteEndElement()
    }
    $writer.WriteEndElement()
    $writer.WriteEndElement()
}
$writer.WriteEndElement()
$writer.Dispose()
